import { expect, it } from 'vitest';
import { expectedWait, ReturnTimes } from './join-queue-wait.ts';

it('expects what the rate says', () => {
  expect(expectedWait(50, 10)).toBe(5);
});

it('asks no more to come back in a second than can be let in', () => {
  const times = new ReturnTimes();
  const away = Array.from({ length: 1000 }, () => times.next(100, 5, 100, 0));
  expect(away[0]).toBe(5);
  const perSecond = Map.groupBy(away, (seconds) => seconds);
  for (const [seconds, those] of perSecond) {
    if (seconds > 5) expect(those.length).toBeLessThanOrEqual(101);
  }
  expect(Math.max(...away)).toBe(15);
});

it('starts anew when the crowd is gone, and never asks for less than a second', () => {
  const times = new ReturnTimes();
  for (let i = 0; i < 1000; i += 1) times.next(0, 5, 100, 0);
  expect(times.next(60, 6, 100, 0)).toBe(6);
  expect(new ReturnTimes().next(0, 0.1, 100, 0)).toBe(1);
});

it('sends nobody away for much longer than 20 seconds, and spreads those', () => {
  const times = new ReturnTimes();
  for (let i = 0; i < 1000; i += 1) times.next(0, 6, 10, 0);
  expect(times.next(0, 6, 10, 0)).toBe(20);
  expect(times.next(0, 6, 10, 0.99)).toBe(25);
});
