import { expect, test } from 'vitest';
import { isNoise, readLogLine } from './log-line.ts';

test.each([
  ['[error] Conversion failed!', 'error', 'Conversion failed!'],
  ['[rtsp @ 0x55d02a] [error] method DESCRIBE failed', 'error', 'rtsp: method DESCRIBE failed'],
  ['[h264 @ 0x7f00] [warning] no frame!', 'warning', 'h264: no frame!'],
  ['[fatal] Out of memory', 'error', 'Out of memory'],
  ['[info]   Stream #0:0: Video: h264', 'info', '  Stream #0:0: Video: h264'],
  ['[verbose] more', 'info', 'more'],
  ['a line without a level [error] inside', 'info', 'a line without a level [error] inside'],
] as const)('%s', (line, level, text) => {
  expect(readLogLine(line)).toEqual({ level, text });
});

test('knows what is said of inputs without fault', () => {
  expect(isNoise('rtp: Timestamps are unset in a packet for stream 0. This is deprecated')).toBe(true);
  expect(isNoise('h264: error while decoding MB 1 2')).toBe(false);
});
