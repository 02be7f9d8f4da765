import { expect, test } from 'vitest';
import { factor, kilobytes, megabytes, milliseconds, number, percent } from './format.ts';

test('numbers have three digits that mean something', () => {
  expect([1234.5, 123.4, 12.34, 1.234, -12.34].map(number)).toEqual(['1235', '123', '12.3', '1.23', '-12.3']);
  expect([percent(0.0123), factor(1.045), kilobytes(150_000), megabytes(2_500_000)]).toEqual([
    '1.23 %',
    '1.04',
    '150 kB',
    '2.50 MB',
  ]);
  expect(milliseconds(0.0153)).toBe('15.3 ms');
});

test('what was not measured is a dash, what did not happen is never', () => {
  expect([number(Number.NaN), percent(Number.NaN), milliseconds(Number.NaN)]).toEqual(['-', '-', '-']);
  expect(milliseconds(Number.POSITIVE_INFINITY)).toBe('never');
});
