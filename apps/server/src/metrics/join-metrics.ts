import type { JoinQueue } from '@spillway/sfu';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Viewers that wait for their turn to join, how long that takes, and those that are sent away. */
export function observeJoins(registry: Registry, joins: JoinQueue): void {
  const registers = [registry];
  new Gauge({
    name: 'spillway_joins_waiting',
    help: 'Viewers that wait for their turn because many are joining.',
    registers,
    collect() {
      this.set(joins.waiting);
    },
  });
  const waits = new Histogram({
    name: 'spillway_join_wait_seconds',
    help: 'How long viewers waited for their turn to join.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const refused = new Counter({
    name: 'spillway_joins_refused_total',
    help: 'Viewers that were told to come back later because many were joining.',
    registers,
  });
  joins.on('turn', (waited) => waits.observe(waited));
  joins.on('refused', () => refused.inc());
}
