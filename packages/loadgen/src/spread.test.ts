import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';

test('orders by value and takes the middle', () => {
  expect(spreadOf([10, 9, 1])).toEqual({ min: 1, median: 9, max: 10 });
  expect(spreadOf([4, 1])).toEqual({ min: 1, median: 2.5, max: 4 });
  expect(spreadOf([])).toBeUndefined();
});
