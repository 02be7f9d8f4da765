import { expect, test } from 'vitest';
import { layerNames } from './layer-names.ts';

const words = { low: 'low', medium: 'medium', high: 'high' };

test('layers are named by their shorter side', () => {
  expect(
    layerNames(
      [
        { width: 320, height: 180 },
        { width: 1280, height: 720 },
        { width: 1080, height: 1920 },
      ],
      words,
    ),
  ).toEqual(['180p', '720p', '1080p']);
});

test('layers of one size are told apart by their bit rate', () => {
  expect(
    layerNames(
      [
        { width: 1280, height: 720, maxBitrate: 500_000 },
        { width: 1280, height: 720, maxBitrate: 2_200_000 },
        { width: 640, height: 360, maxBitrate: 300_000 },
      ],
      words,
    ),
  ).toEqual(['720p 0.5 Mbps', '720p 2.2 Mbps', '360p']);
});

test('layers whose sizes nobody knows are named by their places', () => {
  const names = (count: number) =>
    layerNames(
      Array.from({ length: count }, () => ({})),
      words,
    );
  expect(names(2)).toEqual(['low', 'high']);
  expect(names(3)).toEqual(['low', 'medium', 'high']);
  expect(names(4)).toEqual(['low', 'medium 1', 'medium 2', 'high']);
});
