import { expect, test } from 'vitest';
import type { MediaFile } from './media-file.ts';
import { type PlayItem, playScript, roundsOf } from './play-script.ts';
import { TailReader } from './timeline.ts';

const video = {
  ...{ index: 0, codec: 'h264', profile: 'High', pixelFormat: 'yuv420p', width: 640, height: 360 },
  ...{ frameRate: 25, bFrames: false, start: 0 },
};
const audio = { index: 1, codec: 'opus', profile: '', sampleRate: 48_000, channels: 2 };
const media: MediaFile = { duration: 4, start: 0, video, audio };

function read(file: MediaFile, lines: readonly string[]) {
  const reader = new TailReader(file);
  for (const line of lines) reader.read(line);
  return reader.timeline();
}

test('a file ends where its last picture ends, in whatever order pictures come', () => {
  const lines = [
    '0,3.84,3.80,0.04',
    '0,3.96,3.84,0.04',
    '0,3.88,3.88,0.04,',
    '0,3.92,3.92,N/A',
    '',
    '1,3.94,3.94,0.02',
  ];
  expect(read(media, lines)).toEqual({ start: 0, videoStart: 0, end: 4, cut: undefined });
});

test('sound that outlasts the picture is cut', () => {
  const lines = ['0,3.96,3.96,0.04', '1,3.98,3.98,0.02', '1,4.00,4.00,0.02', '1,4.02,4.02,0.02'];
  expect(read(media, lines).cut).toBeCloseTo(3.998);
});

test('sound is not cut where pictures follow it', () => {
  expect(read(media, ['1,4.02,4.02,0.02', '0,3.96,3.96,0.04']).cut).toBeUndefined();
});

test('sound that begins before the picture ends as much before it', () => {
  const file = { ...media, start: -0.007, video: { ...video, start: 0.007 } };
  const lines = ['0,3.967,3.967,0.04', '1,3.973,3.973,0.02', '1,3.993,3.993,0.02'];
  const timeline = read(file, lines);
  expect(timeline).toMatchObject({ start: -0.007, videoStart: 0.007 });
  expect(timeline.end).toBeCloseTo(4.007);
  expect(timeline.cut).toBeCloseTo(3.991);
});

test('a picture that begins late does so in each round', () => {
  expect(read({ ...media, video: { ...video, start: 2 } }, ['0,5.96,5.96,0.04']).videoStart).toBe(0);
});

test('without pictures the duration counts', () => {
  expect(read({ ...media, start: 1 }, [])).toEqual({ start: 1, videoStart: 1, end: 5, cut: undefined });
});

test('garbage of ffprobe is passed over', () => {
  expect(read(media, ['0,N/A,N/A,N/A', 'x', ',,,', '0,1e999,0,0', '0,3.96,3.96,0.04']).end).toBeCloseTo(4);
});

const item = (path: string, start: number, lead: number, end: number): PlayItem => ({
  path,
  timeline: { start, videoStart: start + lead, end },
});

test('in a script each file lasts until the next first picture', () => {
  const items = [item("/v/it's.mp4", 0, 0, 4), item('/v/b %d.webm', 1, 0.02, 4)];
  expect([...playScript(items, 1)].join('')).toBe(
    [
      'ffconcat version 1.0',
      "file 'file:/v/it'\\''s.mp4'",
      'duration 3.980000',
      "file 'file:/v/b %d.webm'",
      'duration 3.000000',
      '',
    ].join('\n'),
  );
});

test('a script is long and bounded', () => {
  expect(roundsOf([item('/v/a.mp4', 0, 0, 0.1)])).toBe(40_000);
  expect(roundsOf(Array.from({ length: 200 }, () => item('/v/a.mp4', 0, 0, 1)))).toBe(200);
  expect(roundsOf([item('/v/a.mp4', 0, 0, 30 * 86_400)])).toBe(1);
  expect(roundsOf([item('/v/a.mp4', 0, 0, 3600)])).toBe(720);
});
