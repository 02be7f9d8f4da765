import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Paced } from './paced.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('passes the first on at once, then the latest of each interval', () => {
  const passed: number[] = [];
  const paced = new Paced<number>(1000, (value) => passed.push(value));
  for (const value of [1, 2, 3]) paced.push(value);
  expect(passed).toEqual([1]);
  vi.advanceTimersByTime(1000);
  expect(passed).toEqual([1, 3]);
  paced.push(4);
  vi.advanceTimersByTime(999);
  expect(passed).toEqual([1, 3]);
  vi.advanceTimersByTime(1);
  expect(passed).toEqual([1, 3, 4]);
});

it('has a timer only for an interval after the last one', () => {
  const paced = new Paced<number>(1000, () => {});
  paced.push(1);
  paced.push(2);
  vi.advanceTimersByTime(2000);
  expect(vi.getTimerCount()).toBe(0);
});

it('drops what waits', () => {
  const passed: number[] = [];
  const paced = new Paced<number>(1000, (value) => passed.push(value));
  paced.push(1);
  paced.push(2);
  paced.clear();
  paced.clear();
  vi.advanceTimersByTime(5000);
  expect(passed).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});
