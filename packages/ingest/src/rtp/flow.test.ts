import { expect, test } from 'vitest';
import { advanceFlow, newFlow, stalledFor } from './flow.ts';

const limits = { stallMs: 2000, firstBytesMs: 10_000 };

test('a flow stalls when its count stands still for too long', () => {
  const flow = advanceFlow(advanceFlow(newFlow(0), 100, 500), 100, 1500);
  expect(stalledFor(flow, 2500, limits)).toBeUndefined();
  expect(stalledFor(flow, 2501, limits)).toBe(2001);
  expect(stalledFor(advanceFlow(flow, 101, 2501), 2600, limits)).toBeUndefined();
});

test('a flow that has not begun has a limit of its own', () => {
  expect(stalledFor(newFlow(0), 9000, limits)).toBeUndefined();
  expect(stalledFor(newFlow(0), 10_001, limits)).toBe(10_001);
});
