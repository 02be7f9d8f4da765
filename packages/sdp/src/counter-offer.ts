import type { MediaKind, RtpCapabilities, TransportParameters } from '@spillway/protocol';
import { feedbackText } from './answered-format.ts';
import { readDescription } from './description.ts';
import { MID_URI } from './header-extensions.ts';
import type { OfferedSection, Peer } from './peer.ts';
import { readPlayedSections } from './played-sections.ts';
import { quote } from './quote.ts';
import { readPeer } from './read-peer.ts';
import { SdpError } from './sdp-error.ts';
import { takeSections } from './take-sections.ts';
import { writeDescription } from './write-description.ts';

type Codec = NonNullable<RtpCapabilities['codecs']>[number];

/** What the server offers to a WHEP client whose own offer it could not take. */
export interface CounterOffer {
  readonly sdp: string;
  /** Of what is offered: what a consumer for this client sends. */
  readonly sections: readonly OfferedSection[];
}

/** What a WHEP client answers to an offer of the server. */
export interface PlayAnswer extends Peer {
  /** Payload types that it receives, of those that were offered. */
  readonly payloadTypes: ReadonlySet<number>;
}

/** Names of the m-sections of the server's offer. */
export const counterOfferMids = { audio: '0', video: '1' } as const satisfies Record<MediaKind, string>;

/** What the server offers of its own accord: what every client can have, without RTX and estimates of the bandwidth. */
export function counterCapabilities({
  codecs = [],
  headerExtensions = [],
}: RtpCapabilities): RtpCapabilities {
  return {
    codecs: codecs
      .filter(({ mimeType }) => !mimeType.endsWith('/rtx'))
      .map(({ rtcpFeedback = [], ...codec }) => ({
        ...codec,
        rtcpFeedback: rtcpFeedback.filter(({ type }) => type === 'nack' || type === 'ccm'),
      })),
    headerExtensions: headerExtensions.filter(({ uri }) => uri === MID_URI),
  };
}

/**
 * Writes the server's own offer to a WHEP client: one audio and one video with every codec that the server sends.
 *
 * @param server of {@link counterCapabilities}
 */
export function writePlayOffer(server: RtpCapabilities, transport: TransportParameters): CounterOffer {
  const sections = (['audio', 'video'] as const).map((kind) => section(kind, server));
  const sdp = writeDescription(
    { sections, rejected: [], mixedExtensions: false, direction: 'sendonly', setup: 'actpass', ssrcs: {} },
    transport,
  );
  return { sdp, sections };
}

/**
 * Reads a WHEP client's answer to the server's offer.
 *
 * @param server what was offered
 * @throws {SdpError}
 */
export function readPlayAnswer(sdp: string, server: RtpCapabilities): PlayAnswer {
  const description = readDescription(sdp);
  const sections = takeSections(description, 'play');
  const peer = readPeer(description, sections, 'answer');
  const stray = sections.taken.find(({ kind, mid }) => mid !== counterOfferMids[kind]);
  if (stray) {
    const { kind, mid, line } = stray;
    throw new SdpError(
      'malformed',
      `the ${kind} of the offer is a=mid:${counterOfferMids[kind]}, not ${quote(mid)}`,
      line,
    );
  }
  const { capabilities } = readPlayedSections(sections.taken, description, server);
  const offered = new Map(server.codecs?.map((codec) => [codec.preferredPayloadType, codec.mimeType]));
  const accepted = (capabilities.codecs ?? []).filter(
    ({ preferredPayloadType, mimeType }) => offered.get(preferredPayloadType) === mimeType,
  );
  if (accepted.length === 0) {
    throw new SdpError('not-acceptable', 'it has none of the payload types of the offer', sections.line);
  }
  return { ...peer, payloadTypes: new Set(accepted.map(({ preferredPayloadType }) => preferredPayloadType)) };
}

function section(kind: MediaKind, { codecs = [], headerExtensions = [] }: RtpCapabilities): OfferedSection {
  const ofKind = <T extends { readonly kind: MediaKind }>(all: readonly T[]) =>
    all.filter((one) => one.kind === kind);
  return {
    mid: counterOfferMids[kind],
    kind,
    protocol: 'UDP/TLS/RTP/SAVPF',
    formats: ofKind(codecs).map(format),
    extensions: ofKind(headerExtensions).map(({ preferredId, uri }) => ({
      id: preferredId,
      uri,
      direction: undefined,
    })),
    rids: [],
    reducedSize: true,
  };
}

function format({
  kind,
  mimeType,
  preferredPayloadType,
  clockRate,
  channels = 1,
  parameters = {},
  rtcpFeedback = [],
}: Codec) {
  const settings = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return {
    payloadType: preferredPayloadType,
    rtpmap: `${mimeType.slice(kind.length + 1)}/${clockRate}${channels > 1 ? `/${channels}` : ''}`,
    fmtp: settings.length > 0 ? settings.join(';') : undefined,
    feedback: rtcpFeedback.map(feedbackText),
  };
}
