import { JoinQueue } from '@spillway/sfu';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { observeJoins } from './join-metrics.ts';

it('counts who waits, how long it took, and who was sent away', async () => {
  const registry = new Registry();
  const joins = new JoinQueue({ ratePerSecond: () => 0.001, maxWaitSeconds: 5 });
  observeJoins(registry, joins);
  await joins.enter();
  const waiting = joins.enter();
  await expect(joins.enter({ bounded: true })).rejects.toThrow('many are joining');
  const text = await registry.metrics();
  expect(text).toMatch(/^spillway_joins_waiting 1$/m);
  expect(text).toMatch(/^spillway_join_wait_seconds_count 1$/m);
  expect(text).toMatch(/^spillway_joins_refused_total 1$/m);
  joins.close();
  await expect(waiting).rejects.toThrow();
  expect(await registry.metrics()).toMatch(/^spillway_joins_waiting 0$/m);
});
