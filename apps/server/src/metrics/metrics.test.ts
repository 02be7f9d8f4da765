import { expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

it('counts joins and tells how late the event loop ran', async () => {
  const metrics = new Metrics();
  metrics.observeJoin(0.2);
  const text = await metrics.text();
  expect(text).toMatch(/^spillway_joins_total 1$/m);
  expect(text).toMatch(/^spillway_join_duration_seconds_bucket\{le="0.25"\} 1$/m);
  expect(text).toMatch(/^spillway_nodejs_eventloop_lag_seconds /m);
  for (const name of text.match(/^# TYPE \S+/gm) ?? []) expect(name).toMatch(/^# TYPE spillway_/);
  expect(metrics.loopDelayMs()).toBeGreaterThanOrEqual(0);
  metrics.close();
});
