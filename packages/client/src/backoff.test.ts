import { expect, test } from 'vitest';
import { reconnectDelay, toldDelay } from './backoff.ts';

test('doubles from 0.5 s to 8 s', () => {
  const longest = [0, 1, 2, 3, 4, 5, 50].map((failures) => reconnectDelay(failures, 0.9999));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

test('is spread over the upper half', () => {
  expect(reconnectDelay(4, 0)).toBe(4000);
  expect(reconnectDelay(4, 0.5)).toBe(6000);
});

test('comes back when the server says, or a little later', () => {
  expect(toldDelay(8, 0)).toBe(8000);
  expect(toldDelay(8, 0.9999)).toBe(10_000);
});
