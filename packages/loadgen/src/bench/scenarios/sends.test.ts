import { expect, test } from 'vitest';
import type { Interval } from '../stage/interval.ts';
import { intervalWith } from '../test-support/intervals.ts';
import { type SendsMeasured, sendsResult } from './sends.ts';

function measured(
  path: SendsMeasured['path'],
  without: readonly Interval[],
  segmented: readonly Interval[],
): SendsMeasured {
  return { path, viewers: 250, bitrate: 1_500_000, rounds: { without, with: segmented } };
}

const micros = (...each: readonly number[]) => each.map((workerMicros) => intervalWith({ workerMicros }));

test('ratios are those of one round each, and loopback is what counts', () => {
  const result = sendsResult([
    measured('loopback', micros(10, 20, 12), micros(7, 14, 9)),
    measured('veth', micros(10, 10, 10), micros(9, 9, 9)),
  ]);
  expect(result.targets).toMatchObject([{ measured: '0.70', met: true }]);
  expect(result.tables[0]?.rows.map((row) => row.slice(0, 6))).toEqual([
    ['250, loopback', '1.5', '12.0', '9.00', '0.70', '1.00'],
    ['250, veth', '1.5', '10.0', '9.00', '0.90', '1.00'],
  ]);
});

test('what is missing is said, and nothing claimed of it', () => {
  const { targets, method, reading } = sendsResult([measured('loopback', micros(10), [])], 'it takes root');
  expect(targets).toEqual([]);
  expect(reading).toContain('lacks segmented-sends');
  expect(method).toContain('Without veth: it takes root.');
});
