import { expect, test } from 'vitest';
import { median, quantile, ratio, slope } from './statistics.ts';

test('quantiles lie between neighbours', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0)).toBe(10);
  expect(quantile([10, 20, 30, 40, 50], 0.95)).toBeCloseTo(48);
  expect(quantile([10, 20, 30, 40, 50], 1)).toBe(50);
  expect(median([])).toBeNaN();
  expect(quantile([1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.9)).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test('the slope of a line is found with an outlier in it', () => {
  const points = Array.from({ length: 9 }, (_, x) => ({ x, y: 2 * x + 1 }));
  expect(slope(points)).toBe(2);
  expect(slope(points.with(4, { x: 4, y: 900 }))).toBe(2);
  expect(slope(points.slice(0, 1))).toBeNaN();
});

test('a ratio compares what belongs to the same round', () => {
  // The machine was twice as slow in the second round.
  expect(ratio([11, 22, 11], [10, 20, 10])).toBeCloseTo(1.1);
  expect(ratio([1, 2], [0, 2])).toBe(1);
});
