import type { WorkerInfo } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { findWorker } from '../packages/worker/src/index.ts';
import { patternOnly } from './support/pattern-room.ts';
import { TestServer, useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';

/* What holds for a worker of either kind: Spillway's own making, or mediasoup's prebuilt one. */

const server = useServer({
  workers: 2,
  config: patternOnly,
  // What only the server may tell its workers.
  env: { SPILLWAY_GOP_CACHE_SECONDS: '0', SPILLWAY_SEGMENTED_SENDS: 'off' },
});
const { features } = await findWorker();

const metricsOf: Readonly<Record<string, readonly string[]>> = {
  'gop-cache': [
    'spillway_worker_gop_cache_starts_total',
    'spillway_worker_gop_cache_repairs_total',
    'spillway_worker_gop_cache_packets_total',
    'spillway_worker_gop_cache_refusals_total',
    'spillway_worker_gop_cache_key_frame_requests_total',
    'spillway_worker_gop_cache_key_frame_requests_spared_total',
    'spillway_worker_gop_cache_bytes',
  ],
  'segmented-sends': [
    'spillway_worker_segmented_datagrams_total',
    'spillway_worker_segmented_send_calls_total',
    'spillway_worker_segmented_fallbacks_total',
    'spillway_worker_segmented_queued_datagrams_total',
  ],
};

async function workersOf(from: TestServer): Promise<WorkerInfo[]> {
  return (await from.api<{ workers: WorkerInfo[] }>('GET', '/workers')).body.workers;
}

async function scrape(): Promise<string> {
  return (await fetch(`${server.url}/metrics`)).text();
}

/** The workers that a metric has a value of. */
function workersIn(text: string, metric: string): string[] {
  const lines = text.matchAll(new RegExp(`^${metric}\\{worker="([0-9]+)"\\} [0-9.e+]+$`, 'gm'));
  return [...lines].map(([, worker = '']) => worker);
}

test('workers tell what they can do, and the log says it once', async () => {
  expect((await workersOf(server)).map((worker) => worker.features)).toEqual([features, features]);
  const lines = server.log.split('\n').filter((line) => /media workers with|not in this build/.test(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(features.length > 0 ? /media workers with/ : /not in this build/);
  expect(server.log).toMatch(/SPILLWAY_GOP_CACHE_SECONDS is not known and has no effect/);
  const description = await (await fetch(`${server.url}/openapi.json`)).text();
  expect(description).toMatch(/"features"/);
});

test('what workers count is in the metrics, and nothing of those that count nothing', async () => {
  const text = await scrape();
  for (const [feature, metrics] of Object.entries(metricsOf)) {
    const expected = features.includes(feature) ? ['0', '1'] : [];
    for (const metric of metrics) expect(workersIn(text, metric), metric).toEqual(expected);
  }
});

test('instant start keeps what a room has sent since its last key frame', async () => {
  const held = /^spillway_worker_gop_cache_bytes\{worker="[0-9]+"\} [1-9]/m;
  if (features.includes('gop-cache')) {
    await waitFor('the worker to keep something', async () => held.test(await scrape()), 20_000);
  } else {
    expect(await scrape()).not.toMatch(held);
  }
});

test('a worker that does not answer holds no scrape up', async () => {
  const cpu = 'spillway_worker_cpu_seconds_total';
  expect(workersIn(await scrape(), cpu)).toEqual(['0', '1']);
  const [stuck] = await workersOf(server);
  const pid = stuck?.pid ?? Number.NaN;
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => {
    process.kill(pid, 'SIGCONT');
  });
  const text = await scrape();
  expect(workersIn(text, cpu)).toEqual(['1']);
  expect(text).toMatch(/^spillway_workers_up 2$/m);
  expect(text).toMatch(/^spillway_rtp_packets_total\{direction="in"\} /m);
});

test('the configuration turns features off', async () => {
  const plain = new TestServer({
    config: { ...patternOnly, media: { instantStart: { seconds: 0 }, segmentedSends: false } },
  });
  onTestFinished(() => plain.dispose());
  await plain.start();
  expect((await workersOf(plain)).map((worker) => worker.features)).toEqual([[]]);
});
