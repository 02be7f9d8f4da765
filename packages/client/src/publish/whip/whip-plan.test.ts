import { expect, test } from 'vitest';
import { offeredCodecs, videoCodecOf, whipEncodings } from './whip-plan.ts';

const codec = (mimeType: string, sdpFmtpLine?: string) => ({
  mimeType,
  ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
});
const chromium = [
  codec('video/VP8'),
  codec('video/rtx'),
  codec('video/VP9', 'profile-id=2'),
  codec('video/VP9', 'profile-id=0'),
  codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f'),
  codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f'),
  codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'),
  codec('video/AV1', 'level-idx=5;profile=0;tier=0'),
  codec('video/H265', 'level-id=156'),
  codec('video/red'),
  codec('video/ulpfec'),
];
const named = (codecs: { mimeType: string; sdpFmtpLine?: string }[]) =>
  codecs.map(({ mimeType, sdpFmtpLine = '' }) => `${mimeType.slice(6)} ${sdpFmtpLine.slice(-25)}`.trim());

test('automatic mode offers all, those first that most servers take', () => {
  expect(offeredCodecs(chromium, 'auto').map(({ mimeType }) => mimeType.slice(6))).toEqual([
    'H264',
    'H264',
    'H264',
    'VP8',
    'VP9',
    'VP9',
    'AV1',
    'rtx',
    'red',
    'ulpfec',
  ]);
  expect(offeredCodecs(chromium, 'auto')[0]?.sdpFmtpLine).toContain(
    'packetization-mode=1;profile-level-id=42e01f',
  );
});

test('a chosen codec is the only one, in its most usual profile first', () => {
  expect(named(offeredCodecs(chromium, 'VP9'))).toEqual([
    'VP9 profile-id=0',
    'VP9 profile-id=2',
    'rtx',
    'red',
    'ulpfec',
  ]);
  expect(offeredCodecs([codec('video/VP8'), codec('video/rtx')], 'H264')).toEqual([]);
});

test('knows the codecs of broadcasts by their MIME types', () => {
  expect(videoCodecOf('video/h264')).toBe('H264');
  expect(videoCodecOf('video/rtx')).toBeUndefined();
});

const captured = { width: 1280, height: 720 };

test('without layers one encoding of the whole picture', () => {
  for (const wish of ['auto', 'VP8', 'VP9', 'AV1'] as const) {
    const encodings = whipEncodings({ wish, quality: '720p', captured, layers: false });
    expect(encodings).toEqual([{ maxBitrate: expect.any(Number), scaleResolutionDownBy: 1 }]);
  }
});

test('a picture larger than the quality is scaled down', () => {
  expect(whipEncodings({ wish: 'auto', quality: '480p', captured, layers: false })).toEqual([
    { maxBitrate: 1_000_000, scaleResolutionDownBy: 1.5 },
  ]);
});

test('layers are simulcast with rids, lowest first', () => {
  const rids = (quality: '480p' | '720p') =>
    whipEncodings({ wish: 'auto', quality, captured, layers: true }).map(({ rid, scaleResolutionDownBy }) => [
      rid,
      scaleResolutionDownBy,
    ]);
  expect(rids('720p')).toEqual([
    ['q', 4],
    ['h', 2],
    ['f', 1],
  ]);
  expect(rids('480p').map(([rid]) => rid)).toEqual(['h', 'f']);
});

test('layers of VP9 are one encoding with a scalability mode', () => {
  expect(whipEncodings({ wish: 'VP9', quality: '720p', captured, layers: true })).toMatchObject([
    { scalabilityMode: 'L3T3_KEY', scaleResolutionDownBy: 1 },
  ]);
});
