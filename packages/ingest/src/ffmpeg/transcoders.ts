import type { PlannedPicture, VideoSettings } from '@spillway/protocol';

/** What encodes a picture anew: x264, Intel's and AMD's hardware, Nvidia's, and libvpx for the layers beside a copied VP8. */
const TRANSCODERS = ['libx264', 'h264_vaapi', 'h264_nvenc', 'libvpx'] as const;
export type Transcoder = (typeof TRANSCODERS)[number];

export interface TranscoderOptions {
  readonly picture: PlannedPicture;
  /** Seconds between key frames. Default 1. */
  readonly keyFrameSeconds?: number | undefined;
  /** Of x264. Default `superfast`. */
  readonly preset?: VideoSettings['preset'];
}

/** Above this many pixels a second one thread of a small machine cannot be relied on. */
const PIXELS_PER_THREAD = 1920 * 1080 * 30;

/** Key frames come by time; this many frames without one, never reached, only keeps encoders from adding theirs. */
const NO_KEY_FRAMES_BY_COUNT = '6000';

/** Whether a name in a plan is an encoder that can be used here. */
export function isTranscoder(name: string | undefined): name is Transcoder {
  return TRANSCODERS.some((known) => known === name);
}

/**
 * Arguments for video that every browser decodes, without delay: constrained baseline (or VP8), no B-frames, key frames by
 * time alone. Frames keep the timestamps that they came with, at 90 kHz, so that all layers of a picture have the same.
 */
export function transcoderArgs(encoder: Transcoder, options: TranscoderOptions): string[] {
  const { picture, keyFrameSeconds = 1, preset = 'superfast' } = options;
  const { width, height, frameRate, bitrate = 1_000_000 } = picture;
  const threads = Math.min(4, Math.max(1, Math.ceil((width * height * frameRate) / PIXELS_PER_THREAD)));
  return [
    ...ENCODERS[encoder](preset, threads),
    ...['-g', NO_KEY_FRAMES_BY_COUNT, '-force_key_frames', keyFrameExpression(keyFrameSeconds)],
    ...['-b:v', `${bitrate}`, '-maxrate', `${bitrate}`, '-bufsize', `${Math.round(bitrate / 2)}`],
    ...['-enc_time_base', '1:90000'],
  ];
}

const ENCODERS: Record<Transcoder, (preset: string, threads: number) => string[]> = {
  libx264: (preset, threads) => [
    ...['-c:v', 'libx264', '-preset', preset, '-tune', 'zerolatency', '-profile:v', 'baseline', '-bf', '0'],
    ...['-sc_threshold', '0', '-forced-idr', '1', '-threads', `${threads}`],
  ],
  h264_vaapi: () => ['-c:v', 'h264_vaapi', '-profile:v', 'constrained_baseline', '-bf', '0'],
  h264_nvenc: () => [
    ...['-c:v', 'h264_nvenc', '-preset', 'p3', '-tune', 'ull', '-profile:v', 'baseline', '-bf', '0'],
    ...['-rc', 'cbr', '-zerolatency', '1', '-delay', '0', '-no-scenecut', '1', '-forced-idr', '1'],
  ],
  libvpx: (_, threads) => [
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-error-resilient', '1'],
    ...['-lag-in-frames', '0', '-auto-alt-ref', '0', '-threads', `${threads}`],
  ],
};

/**
 * A key frame first, then when so much time has passed since the last. By the time since, because a count of them would
 * make each frame a key frame after the timestamps have jumped ahead. A millisecond less, because timestamps are rounded.
 */
function keyFrameExpression(seconds: number): string {
  const since = 't-prev_forced_t';
  return `expr:isnan(prev_forced_t)+gte(${since},${(seconds - 0.001).toFixed(3)})+lt(${since},0)`;
}
