import { expect, test } from 'vitest';
import { backoffDelay } from './backoff.ts';

test('pauses double from half a second and stay within half a minute', () => {
  const pauses = Array.from({ length: 8 }, (_, attempt) => backoffDelay(attempt, 0));
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(backoffDelay(5000, 0.999)).toBe(30_000);
});

test('jitter adds up to a quarter', () => {
  expect(backoffDelay(0, 0.5)).toBe(563);
  expect(backoffDelay(1, 1)).toBe(1250);
});
