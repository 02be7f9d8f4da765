import { expect, test } from 'vitest';
import { visitsWith } from '../test-support/visits.ts';
import { beyondConnection, combined, untilPhase } from './start-round.ts';

test('a crowd waits for its part of the interval, and comes at once when it is there', () => {
  expect(untilPhase(0, 4, 0)).toBe(0);
  expect(untilPhase(1, 4, 0.5)).toBe(1);
  expect(untilPhase(3, 4, 0.5)).toBe(3);
  expect(untilPhase(9, 4, 0.25)).toBe(0);
});

test('time counts from the connection, and never comes for those who see nothing', () => {
  const visits = visitsWith(
    { transport: 1, firstKeyFrame: 1.25, firstPresent: 1.5 },
    // What JavaScript is told of in another order has come at once.
    { transport: 1, firstKeyFrame: 0.9 },
    { transport: 1 },
    {},
  );
  expect(beyondConnection(visits, 'firstKeyFrame')).toEqual([0.25, 0, Infinity, Infinity]);
  expect(beyondConnection(visits, 'firstPresent')).toEqual([0.5, Infinity, Infinity, Infinity]);
});

test('rounds add up, and one of them without CPU marks all', () => {
  const visits = visitsWith({}, {});
  const sum = combined([
    { visits, requests: 2, saturated: false },
    { visits, requests: 3, saturated: true },
  ]);
  expect(sum).toMatchObject({ requests: 5, saturated: true });
  expect(sum.visits).toHaveLength(4);
});
