import { expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';
import { leastLoaded } from './placement.ts';

it('chooses the worker with the fewest viewers, then the fewest rooms', () => {
  expect(leastLoaded([])).toBeUndefined();
  expect(
    leastLoaded([
      { index: 0, rooms: 1, viewers: 9 },
      { index: 1, rooms: 5, viewers: 2 },
      { index: 2, rooms: 3, viewers: 2 },
    ]),
  ).toBe(2);
});

it('backs off twice as long each time, up to a bound, and starts over after a healthy run', () => {
  const next = createBackoff({ first: 100, longest: 300, healthyAfter: 1000 });
  expect([next(0), next(0), next(0), next(0)]).toEqual([100, 200, 300, 300]);
  expect(next(1000)).toBe(100);
});
