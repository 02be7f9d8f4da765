import { expect, test } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

test('all parts run unless some are named, in the benchmark’s order', () => {
  expect(parseOptions([]).only.length).toBeGreaterThan(5);
  expect(parseOptions(['--only', 'churn,cost']).only).toEqual(['cost', 'churn']);
});

test.each([
  [['--only', 'cost,speed'], /no part speed/],
  [['--only', ','], /needs the name/],
  [['--fast'], /--fast/],
  [['cost'], /cost/],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});
