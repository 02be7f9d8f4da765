import type { RtpCapabilities } from '@spillway/protocol';
import { answeredFormat, codecNames, commonFeedback, type RtcpFeedback } from './answered-format.ts';
import type { Description } from './description.ts';
import {
  ABS_SEND_TIME_URI,
  type HeaderExtension,
  MID_URI,
  readExtensions,
  TRANSPORT_CC_URI,
} from './header-extensions.ts';
import { MAX_SENT_MID_LENGTH } from './limits.ts';
import { type CodecMatch, matchCodecs } from './match-codec.ts';
import type { OfferedSection } from './peer.ts';
import { readFormats } from './rtp-formats.ts';
import { SdpError } from './sdp-error.ts';
import type { TakenSection } from './take-sections.ts';

type Capability<Name extends keyof RtpCapabilities> = NonNullable<RtpCapabilities[Name]>[number];

interface Played {
  readonly sections: readonly OfferedSection[];
  readonly capabilities: RtpCapabilities;
}

/**
 * Reads what the m-sections of a WHEP offer receive of what the server carries.
 *
 * @throws {SdpError}
 */
export function readPlayedSections(
  taken: readonly TakenSection[],
  description: Description,
  server: RtpCapabilities,
): Played {
  const extensions = new Map(
    taken.map((section) => [section, readExtensions(section.attributes, description.session)] as const),
  );
  const usedBy = new Map<number, TakenSection>();
  const sections: OfferedSection[] = [];
  const codecs: Capability<'codecs'>[] = [];
  const headerExtensions: Capability<'headerExtensions'>[] = [];
  for (const section of taken) {
    const { kind, mid, attributes } = section;
    const kept = keptExtensions(section, extensions, server);
    const matches = chooseFormats(section, server);
    for (const { format } of matches) {
      if (usedBy.has(format.payloadType)) {
        throw new SdpError(
          'malformed',
          `payload type ${format.payloadType} stands for a codec of audio and one of video`,
          section.line,
        );
      }
      usedBy.set(format.payloadType, section);
    }
    const withFeedback = matches.map((match) => ({ match, feedback: playedFeedback(match, kept) }));
    sections.push({
      mid,
      kind,
      protocol: section.protocol,
      formats: withFeedback.map(({ match, feedback }) => answeredFormat(match.format, feedback)),
      extensions: kept.map(({ id, uri, direction }) => ({
        id,
        uri,
        direction: direction === undefined ? undefined : 'sendonly',
      })),
      rids: [],
      reducedSize: attributes.has('rtcp-rsize'),
    });
    codecs.push(...withFeedback.map(({ match, feedback }) => toCapability(section, match, feedback)));
    headerExtensions.push(...kept.map(({ id, uri }) => ({ kind, uri, preferredId: id })));
  }
  return { sections, capabilities: { codecs, headerExtensions } };
}

const isModeZero = ({ format }: CodecMatch) => format.settings['packetization-mode'] === 0;
const isModeOne = ({ format }: CodecMatch) => format.settings['packetization-mode'] === 1;

/** Of the payload types for one codec of the server the nearest, and of those the first. */
function chooseFormats(section: TakenSection, server: RtpCapabilities): CodecMatch[] {
  const { kind, line } = section;
  const all = matchCodecs(readFormats(section), kind, server);
  // H264 is sent in mode 1. That only mode 0 is offered is taken for an omission.
  const matches = all.some(isModeOne) ? all.filter((match) => !isModeZero(match)) : all;
  const chosen = matches.filter((match, index) =>
    matches.every(
      (other, at) =>
        other.codec !== match.codec ||
        other.distance > match.distance ||
        (other.distance === match.distance && at >= index),
    ),
  );
  if (chosen.length > 0) return chosen;
  throw new SdpError(
    'not-acceptable',
    `it offers no ${kind} codec of this server, which sends ${codecNames(server, kind)}`,
    line,
  );
}

/** Those whose id and URI are the server's, since packets carry the server's ids. */
function keptExtensions(
  section: TakenSection,
  offered: ReadonlyMap<TakenSection, readonly HeaderExtension[]>,
  { headerExtensions = [] }: RtpCapabilities,
): HeaderExtension[] {
  const all = [...offered.values()].flat();
  return (offered.get(section) ?? []).filter(({ id, uri, direction }) => {
    if (direction === 'sendonly' || direction === 'inactive') return false;
    if (uri === MID_URI && section.mid.length > MAX_SENT_MID_LENGTH) return false;
    if (all.some((other) => other.id === id && other.uri !== uri)) return false;
    return headerExtensions.some(
      (one) =>
        one.kind === section.kind &&
        one.uri === uri &&
        one.preferredId === id &&
        one.direction !== 'recvonly' &&
        one.direction !== 'inactive',
    );
  });
}

/** Feedback about congestion needs the extension that it speaks about; with both, transport-cc is the better. */
function playedFeedback({ format, codec }: CodecMatch, kept: readonly HeaderExtension[]): RtcpFeedback[] {
  const has = (uri: string) => kept.some((extension) => extension.uri === uri);
  const transportCc = has(TRANSPORT_CC_URI);
  const remb = !transportCc && has(ABS_SEND_TIME_URI);
  return commonFeedback(format, codec).filter(
    ({ type }) => (type !== 'transport-cc' || transportCc) && (type !== 'goog-remb' || remb),
  );
}

function toCapability(
  { kind }: TakenSection,
  { format, codec, settings }: CodecMatch,
  rtcpFeedback: RtcpFeedback[],
): Capability<'codecs'> {
  return {
    kind,
    mimeType: codec.mimeType,
    preferredPayloadType: format.payloadType,
    clockRate: codec.clockRate,
    ...(codec.channels === undefined ? {} : { channels: codec.channels }),
    parameters: settings,
    rtcpFeedback,
  };
}
