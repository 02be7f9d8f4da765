import { expect, it } from 'vitest';
import {
  formatBitrate,
  formatBytes,
  formatCodec,
  formatDuration,
  formatMilliseconds,
  formatPercent,
  formatRate,
  formatResolution,
} from './format.ts';

it('writes figures with their units', () => {
  expect(formatBitrate(845_300)).toBe('845 kbps');
  expect(formatBitrate(2_345_000)).toBe('2.35 Mbps');
  expect(formatBitrate(12_345_000)).toBe('12.3 Mbps');
  expect(formatMilliseconds(0.0234)).toBe('23 ms');
  expect(formatPercent(0.0042)).toBe('0.4 %');
  expect(formatPercent(0.25)).toBe('25 %');
  expect(formatResolution(1280, 720)).toBe('1280 × 720');
  expect(formatDuration(65_400)).toBe('01:05');
  expect(formatDuration(3_665_000)).toBe('1:01:05');
});

it('writes what a file is', () => {
  expect(formatBytes(0)).toBe('0.0 kB');
  expect(formatBytes(48_200)).toBe('48 kB');
  expect(formatBytes(999_700)).toBe('1.0 MB');
  expect(formatBytes(4_210_000_000)).toBe('4.2 GB');
  expect(formatCodec('h264')).toBe('H.264');
  expect(formatCodec('vp9')).toBe('VP9');
  expect(formatCodec('pcm_s16le')).toBe('PCM');
  expect(formatRate(29.97003)).toBe('29.97');
  expect(formatRate(25)).toBe('25');
});
