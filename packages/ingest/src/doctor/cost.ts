import type { PlannedPicture, VideoSettings } from '@spillway/protocol';
import type { Transcoder } from '../ffmpeg/transcoders.ts';

/*
 * Nanoseconds of one core for a pixel, measured with FFmpeg 5.1 `-benchmark`, one thread, on a noisy moving 1280x720 at 30
 * frames per second (`testsrc2,noise=alls=12:allf=t`, 2.5 to 6 Mbps) on a server core of about 3 GHz, and rounded up. Real
 * pictures differ by a factor of two either way.
 */

const DECODE: Readonly<Record<string, number>> = {
  h264: 2,
  hevc: 3,
  mjpeg: 2,
  mpeg2video: 1,
  vp8: 1.5,
  vp9: 3,
  av1: 3,
};
const DECODE_OTHER = 3;

const X264: Readonly<Record<NonNullable<VideoSettings['preset']>, number>> = {
  ultrafast: 3,
  superfast: 5,
  veryfast: 7,
  faster: 12,
  fast: 16,
  medium: 18,
};
const LIBVPX = 16;
/** Copying the picture to the hardware. */
const HARDWARE = 1;

/** For each pixel that comes in. */
const SCALE = 0.8;

export interface VideoCost {
  /** FFmpeg's name of the codec that comes in. */
  readonly codec: string;
  /** Pixels a second that come in. */
  readonly inputPixelRate: number;
  readonly encoder: Transcoder;
  readonly preset: VideoSettings['preset'];
  /** All that are encoded. */
  readonly pictures: readonly PlannedPicture[];
}

/** Estimate of the cores that decoding, scaling and encoding take. */
export function videoCores({ codec, inputPixelRate, encoder, preset, pictures }: VideoCost): number {
  if (pictures.length === 0) return COPY_CORES;
  const encode =
    encoder === 'libx264' ? X264[preset ?? 'superfast'] : encoder === 'libvpx' ? LIBVPX : HARDWARE;
  const encoded = pictures.reduce((sum, { width, height, frameRate }) => sum + width * height * frameRate, 0);
  const decoded = inputPixelRate * ((DECODE[codec] ?? DECODE_OTHER) + SCALE * pictures.length);
  return rounded((decoded + encoded * encode) / 1e9);
}

/** A copied stream of some megabits a second. */
export const COPY_CORES = 0.02;

/** Decoding any sound and encoding Opus. */
export const SOUND_CORES = 0.02;

function rounded(cores: number): number {
  return Math.max(0.01, Math.round(cores * 100) / 100);
}
