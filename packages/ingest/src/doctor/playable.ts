import { codecName } from './codec-name.ts';
import type { ExaminedAudio, ExaminedVideo } from './examination.ts';

/** Profiles of H264 that browsers decode from RTP. */
const H264_PROFILES = new Set([
  ...['Constrained Baseline', 'Baseline', 'Main', 'High', 'Constrained High', 'Progressive High'],
]);

const PIXEL_FORMATS = new Set(['yuv420p', 'yuvj420p']);

/** Why browsers could not show a video as it is, in a part of a sentence after "because"; undefined when they can. */
export function whyNotPlayable(video: ExaminedVideo): string | undefined {
  const { codec, profile, pixelFormat, bFrames, interlaced, rotation } = video;
  if (codec !== 'h264' && codec !== 'vp8') return `browsers do not take ${codecName(codec)} here`;
  if (codec === 'h264' && !hasPlayableProfile(video)) return `browsers cannot play its profile, ${profile}`;
  if (!hasPlayablePixels(video)) return `browsers cannot play its pixel format, ${pixelFormat}`;
  if (codec === 'h264' && bFrames) return 'browsers cannot play B-frames live';
  if (interlaced) return 'it is interlaced, which browsers show as combs';
  if (rotation !== 0) return `it is turned by ${rotation} degrees, which browsers would not see`;
  return undefined;
}

export function hasPlayableProfile({ codec, profile }: ExaminedVideo): boolean {
  return codec !== 'h264' || profile === undefined || H264_PROFILES.has(profile);
}

export function hasPlayablePixels({ pixelFormat }: ExaminedVideo): boolean {
  return pixelFormat === undefined || PIXEL_FORMATS.has(pixelFormat);
}

/** The codec under which browsers play a sound as it is; undefined when they do not. */
export function playableSound({
  codec,
  sampleRate,
  channels,
}: ExaminedAudio): 'opus' | 'PCMU' | 'PCMA' | undefined {
  if (codec === 'opus' && sampleRate === 48_000 && (channels === 1 || channels === 2)) return 'opus';
  if (sampleRate !== 8000 || channels !== 1) return undefined;
  if (codec === 'pcm_mulaw') return 'PCMU';
  return codec === 'pcm_alaw' ? 'PCMA' : undefined;
}
