import { expect, test } from 'vitest';
import { readLayers, readReconnectUrl, readViewerCount } from './event-data.ts';

test('simulcast with temporal layers: one layer for each picture size, lowest first', () => {
  const layers = [
    { rid: 'f', spatialLayerId: 0, temporalLayerId: 1, targetBitrate: 2_000_000, width: 1280, height: 720 },
    { rid: 'f', spatialLayerId: 0, temporalLayerId: 0, targetBitrate: 1_000_000, width: 1280, height: 720 },
    { rid: 'q', spatialLayerId: 0, temporalLayerId: 0, bitrate: 67_464, width: 320, height: 180 },
    {
      rid: 'h',
      spatialLayerId: 0,
      temporalLayerId: 0,
      bitrate: 343_592,
      targetBitrate: 380_000,
      width: 640,
      height: 360,
    },
  ];
  expect(readLayers(JSON.stringify({ 0: [], 1: layers }))).toEqual([
    {
      layer: { width: 320, height: 180, maxBitrate: 67_464 },
      selection: { mediaId: '1', rid: 'q', spatialLayerId: 0 },
    },
    {
      layer: { width: 640, height: 360, maxBitrate: 380_000 },
      selection: { mediaId: '1', rid: 'h', spatialLayerId: 0 },
    },
    {
      layer: { width: 1280, height: 720, maxBitrate: 2_000_000 },
      selection: { mediaId: '1', rid: 'f', spatialLayerId: 0 },
    },
  ]);
});

test('SVC layers of unknown size come as the server numbers them', () => {
  const data = JSON.stringify({ 0: [{ spatialLayerId: 1 }, { spatialLayerId: 0 }] });
  expect(readLayers(data)).toEqual([
    { layer: {}, selection: { mediaId: '0', spatialLayerId: 0 } },
    { layer: {}, selection: { mediaId: '0', spatialLayerId: 1 } },
  ]);
});

test.each([
  '',
  'nonsense',
  'null',
  '[]',
  '{"0":{}}',
  '{"0":[null,1,"a",{}]}',
  '{"0":[{"temporalLayerId":1}]}',
  '{"0":[{"rid":7,"spatialLayerId":-1}]}',
])('no layers: %s', (data) => {
  expect(readLayers(data)).toEqual([]);
});

test('a flood of layers is cut off', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ rid: `${index}` }));
  expect(readLayers(JSON.stringify({ 0: many }))).toHaveLength(4);
});

test('sizes out of bounds are not passed on', () => {
  const data = JSON.stringify({ 0: [{ rid: 'a', width: -5, height: 1e9, bitrate: 'x' }] });
  expect(readLayers(data)).toEqual([{ layer: {}, selection: { mediaId: '0', rid: 'a' } }]);
});

test('reads how many watch', () => {
  expect(readViewerCount('{"viewercount":3}')).toBe(3);
  expect(readViewerCount('{"viewercount":"3"}')).toBeUndefined();
  expect(readViewerCount('{}')).toBeUndefined();
});

test('reads where to reconnect', () => {
  const base = new URL('https://host/whep/demo');
  expect(readReconnectUrl('{"url":"https://backup/whep/demo"}', base)?.href).toBe('https://backup/whep/demo');
  expect(readReconnectUrl('{"url":"/whep/other"}', base)?.href).toBe('https://host/whep/other');
  expect(readReconnectUrl('{"url":"javascript:alert(1)"}', base)).toBeUndefined();
  expect(readReconnectUrl('{}', base)).toBeUndefined();
});
