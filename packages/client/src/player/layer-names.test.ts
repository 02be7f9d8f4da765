import { expect, test } from 'vitest';
import { layerNames } from './layer-names.ts';

test('layers are named by their shorter side', () => {
  expect(
    layerNames([
      { width: 320, height: 180 },
      { width: 1280, height: 720 },
      { width: 1080, height: 1920 },
    ]),
  ).toEqual(['180p', '720p', '1080p']);
});

test('layers of one size are told apart by their bit rate', () => {
  expect(
    layerNames([
      { width: 1280, height: 720, maxBitrate: 500_000 },
      { width: 1280, height: 720, maxBitrate: 2_200_000 },
      { width: 640, height: 360, maxBitrate: 300_000 },
    ]),
  ).toEqual(['720p 0.5 Mbps', '720p 2.2 Mbps', '360p']);
});
