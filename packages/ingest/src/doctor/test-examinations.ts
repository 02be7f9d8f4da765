import type { ExaminedAudio, ExaminedVideo, Timing } from './examination.ts';

/** Timestamps without a fault. */
export const exampleTiming: Timing = {
  packets: 125,
  start: 0,
  span: 5,
  missing: 0,
  backwards: 0,
  jumps: 0,
  drift: 0,
};

/** A picture that browsers play as it is. */
export const exampleVideo: ExaminedVideo = {
  kind: 'video',
  codec: 'h264',
  profile: 'Main',
  width: 1280,
  height: 720,
  pixelFormat: 'yuv420p',
  frameRate: 25,
  bFrames: false,
  interlaced: false,
  keyFrameSeconds: 1,
  bitrate: 2_000_000,
  variableFrameRate: false,
  rotation: 0,
  pixelAspect: 1,
  timing: exampleTiming,
};

/** A sound that browsers play as it is. */
export const exampleAudio: ExaminedAudio = {
  kind: 'audio',
  codec: 'opus',
  sampleRate: 48_000,
  channels: 2,
  bitrate: 64_000,
  timing: exampleTiming,
};
