import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packetSizes, planFrames } from './frame-plan.ts';

test('key frames are larger, and the average is the bitrate', () => {
  const { interval, keyFrameBytes, frameBytes } = planFrames({
    bitrate: 1_500_000,
    frameRate: 30,
    keyFrameInterval: 2,
  });
  expect(interval).toBe(60);
  expect(keyFrameBytes / frameBytes).toBeCloseTo(6, 1);
  expect((8 * (keyFrameBytes + 59 * frameBytes)) / 2).toBeCloseTo(1_500_000, -3);
});

test('where all frames are key frames, they share the bitrate evenly', () => {
  expect(planFrames({ bitrate: 800_000, frameRate: 10, keyFrameInterval: 0.1 })).toMatchObject({
    interval: 1,
    keyFrameBytes: 10_000,
  });
});

test('the packets of a frame hold it, and differ by a byte at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 64, max: 200_000 }), fc.integer({ min: 64, max: 1400 }), (bytes, size) => {
      const sizes = packetSizes(bytes, size, 1);
      expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(bytes);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(size);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
