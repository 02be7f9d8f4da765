/** What one look at the video sender tells about the encoder. */
export interface EncoderSample {
  /** When, in milliseconds of a monotonic clock. */
  at: number;
  /** Frames per second that leave the encoder, of the largest layer. */
  frameRate: number;
  /** Frames per second that reach the encoder, if known. */
  sourceFrameRate: number | undefined;
  /** Height of the encoded picture's largest layer in pixels, if known. */
  height: number | undefined;
  /** `qualityLimitationReason` of webrtc-stats: `none`, `cpu`, `bandwidth` or `other`. */
  limitation: string;
}

/** What the encoder should reach. */
export interface EncoderTarget {
  frameRate: number;
  /** Height of the largest layer in pixels. */
  height: number;
}

/** Milliseconds that an encoder may be behind before it counts as too slow. */
export const OVERLOAD_MS = 8_000;

/**
 * Watches whether an encoder keeps up. It does not when, for 8 s on end, the browser names the processor as the limit and
 * frame rate or picture are well below target, or when less than half of the frames come out for another reason than
 * bandwidth. A new codec or quality needs a new detector.
 */
export class OverloadDetector {
  readonly #target: EncoderTarget;
  #behindSince: number | undefined;

  constructor(target: EncoderTarget) {
    this.#target = target;
  }

  /** Takes a sample; true once the encoder is too slow. */
  add(sample: EncoderSample): boolean {
    if (!isBehind(sample, this.#target)) {
      this.#behindSince = undefined;
      return false;
    }
    this.#behindSince ??= sample.at;
    return sample.at - this.#behindSince >= OVERLOAD_MS;
  }
}

function isBehind(sample: EncoderSample, target: EncoderTarget): boolean {
  if (sample.limitation === 'cpu') {
    const smallPicture = sample.height !== undefined && sample.height < target.height * 0.75;
    return smallPicture || sample.frameRate < target.frameRate * 0.75;
  }
  if (sample.limitation === 'bandwidth' || sample.sourceFrameRate === undefined) return false;
  // A dark room or a still screen gives few frames: measured against what reaches the encoder.
  const expected = Math.min(target.frameRate, sample.sourceFrameRate);
  return expected >= 5 && sample.frameRate < expected / 2;
}
