import { expect, it } from 'vitest';
import { PingRounds } from './ping-rounds.ts';

it('checks each once in all rounds, and as many in each', () => {
  const pings = new PingRounds(5);
  const checks = new Map<number, number>();
  for (let id = 0; id < 50; id += 1) {
    pings.add({ checkAlive: () => checks.set(id, (checks.get(id) ?? 0) + 1) });
  }
  for (let round = 1; round <= 5; round += 1) {
    pings.next();
    expect(checks.size).toBe(10 * round);
  }
  for (let round = 0; round < 5; round += 1) pings.next();
  expect(new Set(checks.values())).toEqual(new Set([2]));
});

it('checks nobody who is gone, also when that shows in a check', () => {
  const pings = new PingRounds(1);
  let checks = 0;
  const stop = pings.add({
    checkAlive: () => {
      checks += 1;
      stop();
    },
  });
  pings.next();
  pings.next();
  expect(checks).toBe(1);
});
