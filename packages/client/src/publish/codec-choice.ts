import type { VideoCodec } from '@spillway/protocol';

/** Codecs of automatic mode, best picture per bit first. */
export const codecPreference: readonly VideoCodec[] = ['AV1', 'VP9', 'VP8', 'H264'];

/** What the broadcaster asks for: a codec, or the best that works for device and viewers. */
export type CodecWish = VideoCodec | 'auto';

/** What is known about the codecs of a broadcast. */
export interface CodecFacts {
  wish: CodecWish;
  /** Codecs that browser and server can send between them. */
  sendable: readonly VideoCodec[];
  /** Codecs that the device says it encodes in real time at the present quality. */
  smooth: readonly VideoCodec[];
  /** Codecs that proved too slow in this broadcast at the present quality. */
  tooSlow: readonly VideoCodec[];
  /** Codecs that every viewer decodes. All, when nobody watches. */
  common: readonly VideoCodec[];
  /** The codec being sent, if any. */
  present?: VideoCodec | undefined;
}

/**
 * The codec to send, or undefined when browser and server share none.
 *
 * Automatic mode takes the most preferred codec that the device encodes in real time and every viewer decodes. When
 * there is none, viewers come before picture: first one that all decode and that has not proved too slow, then any
 * that all decode, then one for most. It stays with a codec that serves: every change costs viewers a key frame. A
 * chosen codec stays in any case.
 */
export function chooseCodec(facts: CodecFacts): VideoCodec | undefined {
  const { wish, sendable, smooth, tooSlow, common, present } = facts;
  if (wish !== 'auto') return sendable.includes(wish) ? wish : undefined;
  const candidates = codecPreference.filter((codec) => sendable.includes(codec));
  const isCommon = (codec: VideoCodec) => common.includes(codec);
  const isFast = (codec: VideoCodec) => !tooSlow.includes(codec);
  const isSmooth = (codec: VideoCodec) => smooth.includes(codec) && isFast(codec);
  if (present && candidates.includes(present) && isCommon(present) && isSmooth(present)) return present;
  return (
    candidates.find((codec) => isCommon(codec) && isSmooth(codec)) ??
    cheapest(candidates.filter((codec) => isCommon(codec) && isFast(codec))) ??
    cheapest(candidates.filter(isCommon)) ??
    candidates.find(isSmooth) ??
    cheapest(candidates.filter(isFast)) ??
    cheapest(candidates)
  );
}

/** VP8 before H264: a browser without a hardware encoder does both, and some builds lack H264. */
function cheapest(codecs: readonly VideoCodec[]): VideoCodec | undefined {
  for (const codec of ['VP8', 'H264', 'VP9', 'AV1'] as const) if (codecs.includes(codec)) return codec;
  return undefined;
}
