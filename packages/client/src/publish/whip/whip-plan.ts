import type { VideoCodec } from '@spillway/protocol';
import type { CodecWish } from '../codec-choice.ts';
import { type PictureSize, usesSvc, videoSending } from '../encodings.ts';
import type { QualityName } from '../quality.ts';

/** Codecs of automatic mode by how many servers take them: what is behind WHIP often is no WebRTC. */
const PREFERENCE: readonly VideoCodec[] = ['H264', 'VP8', 'VP9', 'AV1'];

/** Names of simulcast layers (RFC 8851), lowest first, as other publishers have them. */
const RIDS = ['q', 'h', 'f'] as const;

/** A codec as `RTCRtpSender.getCapabilities()` has it. */
type Codec = Pick<RTCRtpCodec, 'mimeType' | 'sdpFmtpLine'>;

/**
 * The codecs to offer, most wanted first, for `setCodecPreferences()`. Of H264 constrained baseline in packetization mode 1
 * comes first, which every server and browser takes; of VP9 profile 0. Retransmission and error correction stay.
 *
 * @returns empty when the browser does not have the wanted codec.
 */
export function offeredCodecs<C extends Codec>(capabilities: readonly C[], wish: CodecWish): C[] {
  const wanted: readonly (VideoCodec | undefined)[] = wish === 'auto' ? PREFERENCE : [wish];
  const rankOf = (codec: C) => wanted.indexOf(videoCodecOf(codec.mimeType));
  const codecs = capabilities
    .filter((codec) => rankOf(codec) !== -1)
    .sort((one, other) => rankOf(one) - rankOf(other) || profileRank(other) - profileRank(one));
  const helpers = capabilities.filter(({ mimeType }) => !videoCodecOf(mimeType) && !/h265/i.test(mimeType));
  return codecs.length > 0 ? [...codecs, ...helpers] : [];
}

/** The codec of a MIME type; undefined for what is no codec of a broadcast. */
export function videoCodecOf(mimeType: string): VideoCodec | undefined {
  return PREFERENCE.find((name) => mimeType.toLowerCase() === `video/${name.toLowerCase()}`);
}

function profileRank({ sdpFmtpLine = '' }: Codec): number {
  const constrainedBaseline = /profile-level-id=42[ec]0/i.test(sdpFmtpLine) ? 2 : 0;
  const packetization = /packetization-mode=1/.test(sdpFmtpLine) ? 1 : 0;
  const vp9Profile = Number(/(?:^|;)\s*profile-id=(\d)/.exec(sdpFmtpLine)?.[1] ?? 0);
  return constrainedBaseline + packetization - vp9Profile;
}

/** What `whipEncodings` plans for. */
export interface WhipPlan {
  wish: CodecWish;
  quality: QualityName;
  captured: PictureSize;
  /** Several layers, for a server that has viewers choose among them. */
  layers: boolean;
}

/**
 * The encodings of the video: one of the whole picture, or layers: simulcast with rids (`q`, `h`, `f`, of which two are
 * `h`, `f`), lowest first; one encoding with a scalability mode for VP9 and AV1.
 */
export function whipEncodings({ wish, quality, captured, layers }: WhipPlan): RTCRtpEncodingParameters[] {
  const codec = wish === 'auto' ? 'H264' : wish;
  const { encodings } = videoSending({ codec, quality, captured, svc: layers });
  if (layers && !usesSvc(codec)) {
    const rids = RIDS.slice(-encodings.length);
    return encodings.map((encoding, index) => ({ ...encoding, rid: rids[index] ?? `${index}` }));
  }
  if (layers) return encodings;
  return encodings
    .slice(-1)
    .map(({ maxBitrate, scaleResolutionDownBy }) => ({ maxBitrate, scaleResolutionDownBy }));
}
