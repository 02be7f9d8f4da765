import { expect, test } from 'vitest';
import { readAudio, readVideo } from './flv-media.ts';
import { askFlvSupport, flvSupportOf, unreadable } from './flv-support.ts';

const none = { enhancedVideo: false, enhancedAudio: false };
const hevc = readVideo(Buffer.from([0x90, ...Buffer.from('hvc1'), 1, 2]));
const avc = readVideo(Buffer.from([0x17, 1, 0, 0, 0, 1]));
const opus = readAudio(Buffer.from([0x91, ...Buffer.from('Opus'), 1]));

test('what a version of FFmpeg reads', () => {
  const version = (numbers: string) =>
    `ffmpeg version N-1\nlibavutil      58. 29.100\nlibavformat    ${numbers} / 1\n`;
  expect(flvSupportOf(version('59. 27.100'))).toEqual(none);
  expect(flvSupportOf(version('60.  3.100'))).toEqual(none);
  expect(flvSupportOf(version('60. 16.100'))).toEqual({ enhancedVideo: true, enhancedAudio: false });
  expect(flvSupportOf(version('62.  3.100'))).toEqual({ enhancedVideo: true, enhancedAudio: true });
  expect(flvSupportOf('nonsense')).toEqual(none);
});

test('the FFmpeg of this machine is asked', async () => {
  const support = await askFlvSupport('ffmpeg');
  expect(Object.values(support).every((value) => typeof value === 'boolean')).toBe(true);
});

test('what cannot be read is told in words', () => {
  expect(unreadable({ video: hevc, audio: undefined }, none)).toEqual({
    reason:
      'The encoder sends HEVC by enhanced RTMP, which FFmpeg here cannot read; set the encoder to H.264',
    final: false,
  });
  expect(unreadable({ video: avc, audio: opus }, none)?.reason).toContain('sends Opus by enhanced RTMP');
  const unofficial = readVideo(Buffer.from([0x1c, 1, 0, 0, 0, 1]));
  expect(unreadable({ video: unofficial, audio: undefined }, none)?.reason).toContain('unofficial extension');
  const unknown = readVideo(Buffer.from([0x90, 0x1b, 0x5b, 0x33, 0x31, 1]));
  expect(unreadable({ video: unknown, audio: undefined }, none)?.reason).toContain('sends an unknown codec');
});

test('what can be read is no problem', () => {
  expect(unreadable({ video: avc, audio: undefined }, none)).toBeUndefined();
  expect(
    unreadable({ video: hevc, audio: opus }, { enhancedVideo: true, enhancedAudio: true }),
  ).toBeUndefined();
  expect(unreadable({ video: undefined, audio: undefined }, none)).toBeUndefined();
});

test('roles of messages', () => {
  expect(avc?.role).toBe('key');
  expect(hevc?.role).toBe('header');
  expect(readVideo(Buffer.from([0x27, 1, 0, 0, 0]))?.role).toBe('other');
  expect(readVideo(Buffer.from([0x17, 0, 0, 0, 0]))?.role).toBe('header');
  expect(readVideo(Buffer.from([0x91, ...Buffer.from('hvc1'), 1]))?.role).toBe('key');
  expect(readAudio(Buffer.from([0xaf, 0, 0x12]))?.role).toBe('header');
  for (const nothing of [[], [0x17], [0x17, 2, 0, 0, 0], [0x57, 1]]) {
    expect(readVideo(Buffer.from(nothing))).toBeUndefined();
  }
});
