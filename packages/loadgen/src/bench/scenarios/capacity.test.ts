import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { capacityTable, viewersFor } from './capacity.ts';

test('a core carries what fits into the part of it that is not reserved', () => {
  // 700,000 us for viewers of 100 packets of 10 us each.
  expect(viewersFor(1, 10, 100)).toBe(700);
  expect(viewersFor(4, 10, 100)).toBe(2800);
});

test('the table has viewers and their bitrate together', () => {
  const rounds = [intervalWith({ packets: 50_000, seconds: 10, workerMicros: 9.5, nodeMicros: 0.5 })];
  expect(capacityTable([{ bitrate: 1_000_000, viewers: 50, rounds }]).rows).toEqual([
    ['1', '100', '700 (0.70 Gbps)', '2800 (2.80 Gbps)', '5600 (5.60 Gbps)', '11200 (11.2 Gbps)'],
  ]);
});
