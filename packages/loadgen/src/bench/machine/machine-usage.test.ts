import { expect, test } from 'vitest';
import { isSaturated, machineUsage, parseTicks } from './machine-usage.ts';

const BEFORE = 'cpu  100 0 50 800 10 0 20 5 0 0\ncpu0 50 0 25 400 5 0 10 2 0 0\n';
const AFTER = 'cpu  160 0 80 890 10 0 30 15 0 0\ncpu0 80 0 40 445 5 0 15 7 0 0\n';

test('idle and stolen parts are those of the time between two readings', () => {
  const usage = machineUsage(parseTicks(BEFORE), parseTicks(AFTER));
  expect(usage.idle).toBeCloseTo(90 / 200);
  expect(usage.steal).toBeCloseTo(10 / 200);
});

test('a machine without idle time or with much stolen time is saturated', () => {
  expect(isSaturated({ idle: 0.4, steal: 0 })).toBe(false);
  expect(isSaturated({ idle: 0.01, steal: 0 })).toBe(true);
  expect(isSaturated({ idle: 0.4, steal: 0.1 })).toBe(true);
});
