import type { PlannedPicture, VideoSettings } from '@spillway/protocol';
import type { ExaminedVideo } from './examination.ts';

const DEFAULT_HEIGHT = 1080;
const DEFAULT_FRAME_RATE = 30;
const MIN_BITRATE = 50_000;
/** A lower layer takes at most this part of the one above, else it would be no help to a poor network. */
const STEP = 0.7;

/** The top picture: as it comes in, or by the settings where it is encoded. */
export function planPicture(video: ExaminedVideo, encode: VideoSettings | undefined): PlannedPicture {
  const { frameRate, bitrate } = video;
  if (!encode) {
    const { width, height } = video;
    return { width, height, frameRate: frameRate ?? 0, ...(bitrate === undefined ? {} : { bitrate }) };
  }
  const shown = uprightSize(video);
  const size = sized(shown, Math.min(even(shown.height), encode.height ?? DEFAULT_HEIGHT));
  const rate = encodedFrameRate(video, encode);
  return { ...size, frameRate: rate, bitrate: encode.bitrate ?? bitrateFor(size, rate) };
}

/** Those lower layers that are lower than the picture, lowest first. */
export function planLayers(
  video: ExaminedVideo,
  top: PlannedPicture,
  names: readonly string[],
  settings: VideoSettings,
): PlannedPicture[] {
  const shown = uprightSize(video);
  const frameRate = encodedFrameRate(video, settings);
  const heights = [...new Set(names.map((name) => even(Number.parseInt(name, 10))))];
  const planned: PlannedPicture[] = [];
  let above = top.bitrate ?? Number.POSITIVE_INFINITY;
  for (const height of heights.filter((one) => one < top.height).sort((one, other) => other - one)) {
    const size = sized(shown, height);
    const bitrate = Math.max(MIN_BITRATE, Math.round(Math.min(bitrateFor(size, frameRate), above * STEP)));
    planned.unshift({ ...size, frameRate, bitrate });
    above = bitrate;
  }
  return planned;
}

/** Bits per second that suffice for x264: 2.5 Mbps for 1280x720 at 30, and less than in proportion for more. */
export function bitrateFor({ width, height }: { width: number; height: number }, frameRate: number): number {
  const bitrate = 2_500_000 * ((width * height) / (1280 * 720)) ** 0.75 * (frameRate / 30) ** 0.5;
  return Math.max(MIN_BITRATE, Math.round(bitrate / 10_000) * 10_000);
}

function encodedFrameRate({ frameRate }: ExaminedVideo, settings: VideoSettings): number {
  return Math.min(frameRate || DEFAULT_FRAME_RATE, settings.frameRate ?? DEFAULT_FRAME_RATE);
}

/** With square pixels, standing upright. */
function uprightSize({ width, height, pixelAspect, rotation }: ExaminedVideo): {
  width: number;
  height: number;
} {
  const shown = { width: width * pixelAspect, height };
  return rotation % 180 === 0 ? shown : { width: shown.height, height: shown.width };
}

function sized(shown: { width: number; height: number }, height: number): { width: number; height: number } {
  return { width: even((shown.width * height) / shown.height + 1), height: even(height) };
}

/** Encoders of 4:2:0 take even sizes. The next lower one. */
function even(size: number): number {
  return Math.max(2, Math.floor(size / 2) * 2);
}
