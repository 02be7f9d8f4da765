import type { DtlsParameters, MediaKind, TransportParameters } from '@spillway/protocol';
import { candidateLines } from './candidates.ts';
import type { OfferedSection, RejectedSection } from './peer.ts';

/** What a description of the server says. */
export interface Written {
  readonly sections: readonly OfferedSection[];
  readonly rejected: readonly RejectedSection[];
  readonly mixedExtensions: boolean;
  readonly direction: 'sendonly' | 'recvonly';
  readonly setup: 'actpass' | 'active' | 'passive';
  /** SSRCs to name. */
  readonly ssrcs: Readonly<Partial<Record<MediaKind, number>>>;
}

/** Name of the one MediaStream (RFC 8830) and of its source (RFC 3550). */
const STREAM = 'spillway';

/**
 * Writes a description of the server's end (RFC 9429): ICE-lite, one BUNDLE, all candidates at once. What is the same for
 * all sections stands in each, because some clients look for it there; candidates stand in the first.
 */
export function writeDescription(written: Written, transport: TransportParameters): string {
  const { sections, rejected, mixedExtensions } = written;
  const media = sections.map((section, index) => writeSection(section, written, transport, index === 0));
  // In ascending order each lands at its place.
  for (const section of rejected) media.splice(section.index, 0, writeRejected(section));
  const lines = [
    'v=0',
    `o=- ${sessionId(transport.id)} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`,
    ...(mixedExtensions ? ['a=extmap-allow-mixed'] : []),
    ...iceLines,
    ...media.flat(),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** What the server's ICE end is, in a description and in a fragment of one. */
export const iceLines = ['a=ice-lite', 'a=ice-options:trickle'];

/** A number for the `o=` line, the same for one transport and another for others. */
function sessionId(id: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(id)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash >> 2n;
}

function writeSection(
  section: OfferedSection,
  { direction, setup, ssrcs }: Written,
  { iceParameters, iceCandidates, dtlsParameters }: TransportParameters,
  first: boolean,
): string[] {
  const { kind, mid, protocol, formats, extensions, rids } = section;
  const ssrc = ssrcs[kind];
  const msid = `msid:${STREAM} ${kind}`;
  return [
    `m=${kind} 9 ${protocol} ${formats.map(({ payloadType }) => payloadType).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    ...(direction === 'sendonly' ? [`a=${msid}`] : []),
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...fingerprintLines(dtlsParameters),
    `a=setup:${setup}`,
    ...(first ? candidateLines(iceCandidates) : []),
    'a=rtcp-mux',
    // RFC 8858 has it in offers; RFC 9725 and WHEP ask for it in answers too, where others pass over it.
    'a=rtcp-mux-only',
    ...(section.reducedSize ? ['a=rtcp-rsize'] : []),
    ...extensions.map(({ id, direction: side, uri }) => `a=extmap:${id}${side ? `/${side}` : ''} ${uri}`),
    ...formats.flatMap(({ payloadType, rtpmap, fmtp, feedback }) => [
      `a=rtpmap:${payloadType} ${rtpmap}`,
      ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
      ...feedback.map((text) => `a=rtcp-fb:${payloadType} ${text}`),
    ]),
    ...rids.map(
      ({ rid, restrictions }) => `a=rid:${rid} recv${restrictions === '' ? '' : ` ${restrictions}`}`,
    ),
    ...(rids.length > 1
      ? [`a=simulcast:recv ${rids.map(({ rid, paused }) => (paused ? `~${rid}` : rid)).join(';')}`]
      : []),
    ...(ssrc === undefined ? [] : [`a=ssrc:${ssrc} cname:${STREAM}`, `a=ssrc:${ssrc} ${msid}`]),
  ];
}

/** That of SHA-256, which every client knows; some look at the first line alone. */
function fingerprintLines({ fingerprints }: DtlsParameters): string[] {
  const usual = fingerprints.filter(({ algorithm }) => algorithm === 'sha-256');
  return (usual.length > 0 ? usual : fingerprints).map(
    ({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`,
  );
}

function writeRejected({ media, protocol, format, mid }: RejectedSection): string[] {
  return [
    `m=${media} 0 ${protocol} ${format}`,
    'c=IN IP4 0.0.0.0',
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    'a=inactive',
  ];
}
