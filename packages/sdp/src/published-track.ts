import type { Layer, RtpCapabilities, RtpParameters } from '@spillway/protocol';
import { answeredFormat, commonFeedback } from './answered-format.ts';
import { chooseCodec } from './choose-codec.ts';
import type { Description } from './description.ts';
import { type HeaderExtension, MID_URI, RID_URI, readExtensions } from './header-extensions.ts';
import type { CodecMatch } from './match-codec.ts';
import type { OfferedSection } from './peer.ts';
import type { PublishedTrack } from './publish-offer.ts';
import { type RidLayer, type Rids, readRids } from './rids.ts';
import { type RtpFormat, readFormats } from './rtp-formats.ts';
import { SdpError } from './sdp-error.ts';
import { readSsrcs, type Ssrcs } from './ssrcs.ts';
import type { TakenSection } from './take-sections.ts';

export interface ReadTrack {
  readonly section: OfferedSection;
  readonly track: PublishedTrack;
  /** Every SSRC that the section names. */
  readonly named: readonly { readonly ssrc: number; readonly line: number | undefined }[];
}

type Encodings = NonNullable<RtpParameters['encodings']>;

/**
 * Reads what an m-section of a WHIP offer sends.
 *
 * @throws {SdpError}
 */
export function readTrack(
  section: TakenSection,
  description: Description,
  server: RtpCapabilities,
): ReadTrack {
  const { kind, mid, attributes } = section;
  const formats = readFormats(section);
  const rids = readRids(attributes, description.writer);
  const ssrcs = readSsrcs(attributes, rids.offered.length);
  const layers = rids.offered.length > 0 ? rids.offered.length : ssrcs.streams.length;
  const chosen = chooseCodec({ section, formats, rids, layers, server });
  const rtx = findRtx(formats, chosen, server);
  const extensions = sentExtensions(readExtensions(attributes, description.session), section, server);
  checkRoute(section, rids, ssrcs, extensions);
  const feedback = commonFeedback(chosen.format, chosen.codec);
  return {
    section: {
      mid,
      kind,
      protocol: section.protocol,
      formats: [answeredFormat(chosen.format, feedback), ...(rtx ? [answeredFormat(rtx, [])] : [])],
      extensions: extensions.map(({ id, uri, direction }) => ({
        id,
        uri,
        direction: direction === undefined ? undefined : 'recvonly',
      })),
      rids: rids.offered.map(({ rid, restrictions, paused }) => ({ rid, restrictions, paused })),
      reducedSize: attributes.has('rtcp-rsize'),
    },
    track: {
      kind,
      mid,
      rtpParameters: {
        mid,
        codecs: [
          codecParameters(chosen, feedback),
          ...(rtx ? [rtxParameters(rtx, kind, chosen.format.payloadType)] : []),
        ],
        headerExtensions: extensions.map(({ id, uri }) => ({ id, uri })),
        encodings: readEncodings(rids, ssrcs, rtx !== undefined),
        rtcp: { reducedSize: attributes.has('rtcp-rsize'), ...(ssrcs.cname ? { cname: ssrcs.cname } : {}) },
      },
      layers: layersOf(rids, ssrcs),
    },
    named: [...ssrcs.named].map((ssrc) => ({ ssrc, line: ssrcs.line })),
  };
}

function codecParameters(
  { format, codec, settings }: CodecMatch,
  rtcpFeedback: ReturnType<typeof commonFeedback>,
) {
  return {
    mimeType: codec.mimeType,
    payloadType: format.payloadType,
    clockRate: codec.clockRate,
    ...(codec.channels === undefined ? {} : { channels: codec.channels }),
    parameters: settings,
    rtcpFeedback,
  };
}

/** The server has none for audio. */
function findRtx(formats: readonly RtpFormat[], { format, codec }: CodecMatch, server: RtpCapabilities) {
  const known = server.codecs?.some(({ parameters }) => parameters?.apt === codec.preferredPayloadType);
  if (!known) return undefined;
  return formats.find(
    ({ name, settings }) => name.toLowerCase() === 'rtx' && settings.apt === format.payloadType,
  );
}

function rtxParameters({ payloadType, clockRate }: RtpFormat, kind: string, apt: number) {
  return { mimeType: `${kind}/rtx`, payloadType, clockRate, parameters: { apt }, rtcpFeedback: [] };
}

function sentExtensions(
  offered: readonly HeaderExtension[],
  { kind }: TakenSection,
  { headerExtensions = [] }: RtpCapabilities,
): HeaderExtension[] {
  const known = new Set(
    headerExtensions
      .filter((one) => one.kind === kind && one.direction !== 'sendonly' && one.direction !== 'inactive')
      .map(({ uri }) => uri),
  );
  const kept = new Map<string, HeaderExtension>();
  for (const extension of offered) {
    const sent = extension.direction !== 'recvonly' && extension.direction !== 'inactive';
    if (sent && known.has(extension.uri) && !kept.has(extension.uri)) kept.set(extension.uri, extension);
  }
  return [...kept.values()];
}

/** Whether the server can tell whose packets are whose. */
function checkRoute(
  section: TakenSection,
  rids: Rids,
  ssrcs: Ssrcs,
  extensions: readonly HeaderExtension[],
): void {
  const has = (uri: string) => extensions.some((extension) => extension.uri === uri);
  if (rids.offered.length > 1 && !has(RID_URI)) {
    throw new SdpError('not-acceptable', `layers need "a=extmap:… ${RID_URI}"`, rids.line);
  }
  if (ssrcs.streams.length > 0 || has(MID_URI) || (rids.offered.length > 0 && has(RID_URI))) return;
  throw new SdpError(
    'not-acceptable',
    `its packets could not be told apart; add a=ssrc or "a=extmap:… ${MID_URI}"`,
    section.line,
  );
}

function readEncodings(rids: Rids, ssrcs: Ssrcs, withRtx: boolean): Encodings {
  const [stream] = ssrcs.streams;
  // A layer of its own may have a name that its packets carry only at first: the SSRC is surer.
  if (rids.offered.length > 1 || (rids.offered.length === 1 && !stream)) {
    return rids.lowestFirst.map(({ rid }) => ({ rid }));
  }
  if (!stream) return [{}];
  return ssrcs.streams.map(({ ssrc, rtx }) =>
    withRtx && rtx !== undefined ? { ssrc, rtx: { ssrc: rtx } } : { ssrc },
  );
}

/** Lowest first; none where there is one. Of those that only SSRCs tell apart nothing is known. */
function layersOf({ offered, lowestFirst }: Rids, { streams }: Ssrcs): Layer[] {
  if (offered.length > 0) return offered.length > 1 ? lowestFirst.map(toLayer) : [];
  return streams.length > 1 ? streams.map(() => ({})) : [];
}

function toLayer({ rid, width, height, maxBitrate }: RidLayer): Layer {
  return {
    rid,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(maxBitrate === undefined ? {} : { maxBitrate }),
  };
}
