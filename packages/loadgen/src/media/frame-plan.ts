/** How many times a key frame is as large as another one. */
const KEY_FRAME_RATIO = 6;

export interface FramePlanOptions {
  /** Bits of payload per second, on average over a key-frame interval. */
  readonly bitrate: number;
  /** Frames per second. */
  readonly frameRate: number;
  /** Seconds from one key frame to the next. */
  readonly keyFrameInterval: number;
}

/** The sizes of frames that make up a bitrate. */
export interface FramePlan {
  /** Frames from one key frame to the next, at least 1. */
  readonly interval: number;
  /** Bytes of a key frame. */
  readonly keyFrameBytes: number;
  /** Bytes of any other frame. */
  readonly frameBytes: number;
}

/** Shares a bitrate out among the frames. */
export function planFrames({ bitrate, frameRate, keyFrameInterval }: FramePlanOptions): FramePlan {
  const interval = Math.max(1, Math.round(frameRate * keyFrameInterval));
  const total = (bitrate / 8 / frameRate) * interval;
  const frameBytes = total / (interval - 1 + KEY_FRAME_RATIO);
  const keyFrameBytes = interval === 1 ? total : KEY_FRAME_RATIO * frameBytes;
  return { interval, keyFrameBytes: Math.round(keyFrameBytes), frameBytes: Math.round(frameBytes) };
}

/** The sizes of the packets of one frame: as few as possible, and all alike. At least `least` bytes each. */
export function packetSizes(frameBytes: number, payloadSize: number, least: number): number[] {
  const count = Math.max(1, Math.ceil(frameBytes / payloadSize));
  const small = Math.floor(frameBytes / count);
  const larger = frameBytes - small * count;
  return Array.from({ length: count }, (_, index) => Math.max(least, small + (index < larger ? 1 : 0)));
}
