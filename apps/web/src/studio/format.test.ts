import { expect, it } from 'vitest';
import {
  formatBitrate,
  formatDuration,
  formatMilliseconds,
  formatPercent,
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
