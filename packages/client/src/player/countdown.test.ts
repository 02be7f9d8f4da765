import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Countdown } from './countdown.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('counts down once a second, and ends by itself', () => {
  const seen: number[] = [];
  const countdown: Countdown = new Countdown(() => seen.push(countdown.seconds));
  countdown.start(Date.now() + 3000);
  expect(countdown.seconds).toBe(3);
  vi.advanceTimersByTime(10_000);
  expect(seen).toEqual([2, 1, 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('has no timer when it counts no more', () => {
  const countdown = new Countdown(() => {});
  countdown.start(Date.now() + 60_000);
  countdown.start(undefined);
  expect(vi.getTimerCount()).toBe(0);
  countdown.start(Date.now() + 60_000);
  countdown.stop();
  countdown.stop();
  expect(vi.getTimerCount()).toBe(0);
});
