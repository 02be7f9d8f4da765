import { expect, test } from 'vitest';
import { parseBitrate, parseCount, parseDuration, parsePercentage, QuantityError } from './quantities.ts';

test('times in seconds', () => {
  expect(['500ms', '30s', '2m', '1.5h', '0s'].map(parseDuration)).toEqual([0.5, 30, 120, 5400, 0]);
});

test('bits per second', () => {
  expect(['1500000', '800k', '1.5M'].map(parseBitrate)).toEqual([1_500_000, 800_000, 1_500_000]);
});

test('parts of all', () => {
  expect(['0.1%', '100%', '0%'].map(parsePercentage)).toEqual([0.001, 1, 0]);
});

test('whole numbers', () => {
  expect(['0', '500'].map(parseCount)).toEqual([0, 500]);
});

test.each([
  [parseDuration, ['30', '-1s', '1 s', 's', '1d', '1e3s', '']],
  [parseBitrate, ['1.5m', 'k', '-1', '1G', '1e6', '']],
  [parsePercentage, ['0.1', '101%', '%', '-1%', '']],
  [parseCount, ['1.5', '-1', '1e3', '0x10', '', ' 1']],
] as const)('%o refuses what it cannot read', (parse, texts) => {
  for (const text of texts) expect(() => parse(text), text).toThrow(QuantityError);
});
