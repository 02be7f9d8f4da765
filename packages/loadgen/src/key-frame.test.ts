import { expect, test } from 'vitest';
import { keyFrameTest } from './key-frame.ts';

test.each([
  ['H264 SPS', 'video/H264', [0x67, 0x42], true],
  ['H264 IDR', 'video/H264', [0x65, 0x88], true],
  ['H264 SPS in an aggregate', 'video/H264', [0x78, 0, 2, 0x67, 0x42], true],
  ['H264 first fragment of an IDR', 'video/H264', [0x7c, 0x85], true],
  ['H264 later fragment of an IDR', 'video/H264', [0x7c, 0x05], false],
  ['H264 other slice', 'video/H264', [0x41, 0x9a], false],
  ['VP8 key frame', 'video/VP8', [0x10, 0x00], true],
  ['VP8 key frame behind a long picture id', 'video/VP8', [0x90, 0x80, 0x81, 0x23, 0x00], true],
  ['VP8 inter frame', 'video/VP8', [0x10, 0x01], false],
  ['VP8 later packet of a frame', 'video/VP8', [0x00, 0x00], false],
  ['VP8 second partition', 'video/VP8', [0x11, 0x00], false],
  ['VP9 key frame', 'video/VP9', [0x8c, 0x80, 0x01], true],
  ['VP9 predicted frame', 'video/VP9', [0xcc, 0x80, 0x01], false],
  ['VP9 upper spatial layer', 'video/VP9', [0xac, 0x80, 0x01, 0x02], false],
  ['AV1 new sequence', 'video/AV1', [0x18], true],
  ['AV1 other frame', 'video/AV1', [0x10], false],
  ['nothing', 'video/H264', [], false],
])('%s', (_, mimeType, payload, expected) => {
  expect(keyFrameTest(mimeType)?.(Uint8Array.from(payload))).toBe(expected);
});

test('audio has no key frames', () => {
  expect(keyFrameTest('audio/opus')).toBeUndefined();
});
