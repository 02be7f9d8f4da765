import type { MediaKind } from '@spillway/protocol';
import type { Description, MediaSection } from './description.ts';
import { MAX_MID_LENGTH } from './limits.ts';
import type { RejectedSection } from './peer.ts';
import { quote } from './quote.ts';
import { SdpError } from './sdp-error.ts';

/** What the writer of the description does with its media: WHIP clients publish, WHEP clients play. */
export type Use = 'publish' | 'play';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** An m-section with a medium that flows. */
export interface TakenSection extends MediaSection {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly direction: Direction;
}

export interface Sections {
  readonly taken: readonly TakenSection[];
  readonly rejected: readonly RejectedSection[];
  /** Where to look for what is the same for all, in this order. */
  readonly transport: readonly MediaSection[];
  /** Of the first that is taken. */
  readonly line: number;
}

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
const kinds = ['audio', 'video'] as const;
/** All mean DTLS-SRTP in one UDP or TCP flow (RFC 9429, section 5.1.2). */
const PROTOCOL = /^((UDP\/TLS|TCP\/TLS|TCP\/DTLS)\/)?RTP\/SAVPF?$/;

const allowed: Record<Use, readonly Direction[]> = {
  publish: ['sendonly', 'sendrecv'],
  play: ['recvonly', 'sendrecv'],
};

/**
 * Finds the m-sections that can be taken: at most one audio and one video, in one BUNDLE. What a WHIP client offers is
 * taken as a whole or not at all (RFC 9725, section 4.4.3); of a player's offer sections without a medium are turned down.
 *
 * @throws {SdpError}
 */
export function takeSections(description: Description, use: Use): Sections {
  checkMids(description);
  const taken: TakenSection[] = [];
  const rejected: RejectedSection[] = [];
  description.sections.forEach((section, index) => {
    const one = take(section, description, use);
    if (one) taken.push(one);
    else rejected.push(reject(section, index));
  });
  const [first] = taken;
  if (!first) {
    throw new SdpError(
      'not-acceptable',
      `it has no audio and no video to ${use}; add an m-section with ${allowed[use][0]}`,
    );
  }
  for (const kind of kinds) {
    const [, second] = taken.filter((section) => section.kind === kind);
    if (second) {
      throw new SdpError(
        'not-acceptable',
        `a second ${kind}; a room has at most one, offer one`,
        second.line,
      );
    }
  }
  const bundle = findBundle(description, taken);
  for (const section of taken) checkRtcpMux(section, bundle);
  return { taken, rejected, transport: bundle, line: first.line };
}

/** Undefined: to be turned down. */
function take(section: MediaSection, description: Description, use: Use): TakenSection | undefined {
  if (section.port === 0 && !section.attributes.has('bundle-only')) return undefined;
  const kind = kinds.find((one) => one === section.media);
  if (!kind) {
    if (use === 'play') return undefined;
    throw new SdpError(
      'not-acceptable',
      `${quote(section.media)} is not taken, only audio and video; leave out data channels`,
      section.line,
    );
  }
  const direction = readDirection(section, description);
  if (use === 'play' && direction.value === 'inactive') return undefined;
  if (!allowed[use].includes(direction.value)) {
    const must = allowed[use].join(' or ');
    throw new SdpError(
      'not-acceptable',
      `it is ${direction.value}; to ${use} it must be ${must}`,
      direction.line,
    );
  }
  if (!PROTOCOL.test(section.protocol)) {
    throw new SdpError(
      'not-acceptable',
      `${quote(section.protocol)} is not taken; offer UDP/TLS/RTP/SAVPF (DTLS-SRTP)`,
      section.line,
    );
  }
  const mid = midOf(section);
  if (mid === undefined) throw new SdpError('malformed', 'this m-section has no a=mid', section.line);
  return { ...section, kind, mid, direction: direction.value };
}

function readDirection({ attributes, line }: MediaSection, { session }: Description) {
  for (const place of [attributes, session]) {
    const [first, second] = directions.filter((direction) => place.has(direction));
    if (first && second) {
      const { line: where = line } = place.all(second)[0] ?? {};
      throw new SdpError('malformed', `it is both ${first} and ${second}; leave one`, where);
    }
    if (first) return { value: first, line: place.all(first)[0]?.line ?? line };
  }
  return { value: 'sendrecv' as const, line };
}

function midOf({ attributes }: MediaSection): string | undefined {
  return attributes.one('mid')?.value;
}

function checkMids({ sections }: Description): void {
  const mids = new Set<string>();
  for (const section of sections) {
    const attribute = section.attributes.one('mid');
    if (!attribute) continue;
    const { value, line } = attribute;
    if (value.length > MAX_MID_LENGTH || !/^[!#$%&'*+.^_`{|}~0-9A-Za-z-]+$/.test(value)) {
      throw new SdpError(
        'malformed',
        `the MID ${quote(value)} is no token of 1 to ${MAX_MID_LENGTH} characters`,
        line,
      );
    }
    if (mids.has(value)) {
      throw new SdpError('malformed', `the MID ${quote(value)} is that of another m-section too`, line);
    }
    mids.add(value);
  }
}

/** The sections of the BUNDLE: those that are taken, then the others. */
function findBundle(description: Description, taken: readonly TakenSection[]): MediaSection[] {
  const groups = description.session
    .all('group')
    .map(({ value }) => value.split(/ +/))
    .filter(([semantics]) => semantics === 'BUNDLE')
    .map(([, ...mids]) => new Set(mids));
  const group = groups.find((mids) => taken.every(({ mid }) => mids.has(mid)));
  if (!group) {
    if (taken.length === 1) return [...taken];
    throw new SdpError(
      'not-acceptable',
      'audio and video are not in one BUNDLE (RFC 9143); set the bundle policy of the client to max-bundle',
      description.session.all('group')[0]?.line,
    );
  }
  // FFmpeg names MIDs in the group of which there are no sections.
  const bundled = new Map<string | undefined, MediaSection>(
    [...description.sections, ...taken].map((section) => [midOf(section), section]),
  );
  const sections = [...group].flatMap((mid) => bundled.get(mid) ?? []);
  const isTaken = (section: MediaSection) => taken.some((one) => one === section);
  return [...sections.filter(isTaken), ...sections.filter((section) => !isTaken(section))];
}

function checkRtcpMux(section: TakenSection, bundle: readonly MediaSection[]): void {
  const muxes = ({ attributes }: MediaSection) =>
    attributes.has('rtcp-mux') || attributes.has('rtcp-mux-only');
  // In a BUNDLE it need not be repeated.
  const [tagged = section] = bundle;
  if (muxes(section) || muxes(tagged)) return;
  throw new SdpError('not-acceptable', 'RTCP has no port of its own here; add "a=rtcp-mux"', section.line);
}

function reject(section: MediaSection, index: number): RejectedSection {
  const { media, protocol, formats } = section;
  return { index, mid: midOf(section), media, protocol, format: formats[0] ?? '0' };
}
