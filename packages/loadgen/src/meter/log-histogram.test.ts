import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogHistogram } from './log-histogram.ts';

function filled(times: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const time of times) histogram.record(time);
  return histogram;
}

test('every quantile is within 2.2 % of the one of the sorted times', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (times, part) => {
        const sorted = times.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
        const found = filled(times).quantile(part) ?? Number.NaN;
        expect(Math.abs(found / exact - 1)).toBeLessThan(0.0221);
      },
    ),
  );
});

test('what is below a microsecond is zero, what is too long falls in the last bucket', () => {
  expect(filled([-5, 0, 0.5]).quantile(1)).toBe(0);
  expect(filled([1e12]).data).toEqual(filled([2e8]).data);
});

test('an empty one has no quantiles', () => {
  expect(new LogHistogram().quantile(0.5)).toBeUndefined();
});

test('those that are missing count as longer than all', () => {
  const histogram = filled([10, 10, 10]);
  expect(histogram.quantile(0.75, 4)).toBeCloseTo(10, 0);
  expect(histogram.quantile(0.95, 4)).toBeUndefined();
});

test('what is added and taken away again leaves what was there', () => {
  const one = filled([5, 50, 500]);
  const { data } = one;
  const other = filled([5, 7000]);
  one.add(other.data);
  expect(one.count).toBe(5);
  expect(one.data).toEqual(filled([5, 5, 50, 500, 7000]).data);
  one.add(other.data, -1);
  expect(one.data).toEqual(data);
  expect(LogHistogram.from(data).data).toEqual(data);
});

test('merging is adding', () => {
  const one = filled([1, 2, 3]);
  one.merge(filled([3, 4]));
  expect(one.data).toEqual(filled([1, 2, 3, 3, 4]).data);
  expect(one.count).toBe(5);
});
