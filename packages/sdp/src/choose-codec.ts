import type { RtpCapabilities } from '@spillway/protocol';
import { codecNames } from './answered-format.ts';
import { type CodecMatch, matchCodecs } from './match-codec.ts';
import { quote } from './quote.ts';
import type { Rids } from './rids.ts';
import type { RtpFormat } from './rtp-formats.ts';
import { SdpError } from './sdp-error.ts';
import type { TakenSection } from './take-sections.ts';

/** What a codec is chosen for. */
export interface CodecChoice {
  readonly section: TakenSection;
  readonly formats: readonly RtpFormat[];
  readonly rids: Rids;
  /** How many are sent. */
  readonly layers: number;
  readonly server: RtpCapabilities;
}

/** Codecs of which mediasoup takes several encodings. The layers of others are within one. */
const simulcastCodecs = new Set(['vp8', 'h264']);

/**
 * The one codec that a publisher shall send: the first of its offer that the server takes. Of the variants of that codec
 * the one that fits best, and of those the first.
 *
 * @throws {SdpError} `not-acceptable`
 */
export function chooseCodec({ section, formats, rids, layers, server }: CodecChoice): CodecMatch {
  const { kind, line } = section;
  const matches = matchCodecs(formats, kind, server);
  if (matches.length === 0) {
    const names = [...new Set(formats.map(({ name }) => name))].filter(
      (name) => name.toLowerCase() !== 'rtx',
    );
    const offered = names.length > 0 ? `offers ${quote(names.join(', '))}` : 'names no codec';
    throw new SdpError(
      'not-acceptable',
      `it ${offered}; this server takes ${codecNames(server, kind)}`,
      line,
    );
  }
  const named = matches.filter(({ format }) =>
    rids.offered.every(({ payloadTypes }) => payloadTypes?.includes(format.payloadType) ?? true),
  );
  if (named.length === 0) {
    throw new SdpError(
      'not-acceptable',
      'no codec of this server is that of every RID; leave out "pt="',
      rids.line,
    );
  }
  const allowed = layers > 1 ? named.filter(({ format }) => simulcastCodecs.has(nameOf(format))) : named;
  const [first] = allowed;
  if (!first) {
    throw new SdpError(
      'not-acceptable',
      'simulcast is taken with VP8 and H264 only; offer one of them for all layers, or one layer',
      rids.offered.length > 0 ? rids.line : line,
    );
  }
  const variants = allowed.filter(({ format }) => nameOf(format) === nameOf(first.format));
  return variants.reduce((best, variant) => (variant.distance < best.distance ? variant : best));
}

function nameOf({ name }: RtpFormat): string {
  return name.toLowerCase();
}
