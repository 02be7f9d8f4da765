import type { InputVideo } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { examine } from '../doctor/examine.ts';
import { media, moving } from '../doctor/test-media.ts';
import { isTranscoder, transcoderArgs } from './transcoders.ts';
import { graphOutput, videoGraph } from './video-graph.ts';

const picture = { width: 160, height: 90, frameRate: 25, bitrate: 200_000 };
const input: InputVideo = {
  ...{
    kind: 'video',
    codec: 'hevc',
    width: 320,
    height: 180,
    frameRate: 25,
    bFrames: true,
    interlaced: true,
  },
};

test.each([
  ['libx264', { codec: 'h264', profile: 'Constrained Baseline' }],
  ['libvpx', { codec: 'vp8' }],
] as const)('%s makes what browsers play, with key frames by time', async (encoder, expected) => {
  const file = await media(
    ...[`encoded-${encoder}.mkv`, ...moving(4), '-filter_complex', videoGraph([picture], encoder, input)],
    ...['-map', graphOutput(0), ...transcoderArgs(encoder, { picture, keyFrameSeconds: 0.5 })],
  );
  const open = { args: ['-i', file], secrets: [], close: () => {} };
  const { video } = await examine(open, { depth: 'thorough', limitMs: 30_000 });
  expect(video).toMatchObject({
    ...{ width: 160, height: 90, frameRate: 25, pixelFormat: 'yuv420p', bFrames: false, interlaced: false },
    ...expected,
  });
  expect(video?.keyFrameSeconds).toBeCloseTo(0.5, 1);
  expect(video?.bitrate).toBeLessThan(300_000);
});

test('knows its encoders', () => {
  expect(isTranscoder('h264_vaapi')).toBe(true);
  expect(isTranscoder('libx265')).toBe(false);
  expect(isTranscoder(undefined)).toBe(false);
});
