import { readFile } from 'node:fs/promises';
import { findWorker } from '@spillway/worker';
import { afterEach, expect, it, vi } from 'vitest';
import { listenInfos } from './listen.ts';
import { MediaWorker } from './media-worker.ts';
import { freePort } from './test-support/start-sfu.ts';
import { workerCounters } from './worker-counters.ts';
import type { WorkerTuning } from './worker-tuning.ts';

const { path: workerBin, ...found } = await findWorker();
const features = [...found.features];
const generous = { timeout: 15_000, interval: 20 };

const tuning: WorkerTuning = {
  features,
  instantStart: { seconds: 7, megabytes: 3, workerMegabytes: 99 },
  segmentedSends: true,
};

const started: MediaWorker[] = [];
afterEach(() => {
  for (const worker of started.splice(0)) worker.close();
  vi.unstubAllEnvs();
});

async function startWorker(wanted?: WorkerTuning): Promise<MediaWorker> {
  const infos = listenInfos(['127.0.0.1'], { port: await freePort() }, 0);
  const worker = await MediaWorker.create({
    index: 0,
    workerBin,
    listenInfos: infos,
    ...(wanted ? { tuning: wanted } : {}),
  });
  started.push(worker);
  return worker;
}

/** The variables that a worker process was started with. */
async function variablesOf({ pid }: MediaWorker): Promise<Record<string, string>> {
  const entries = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  return Object.fromEntries(
    entries.flatMap((entry) => {
      const at = entry.indexOf('=');
      return entry.startsWith('SPILLWAY_') ? [[entry.slice(0, at), entry.slice(at + 1)]] : [];
    }),
  );
}

it('tells each worker its own settings, whatever the environment says, and leaves the environment alone', async () => {
  vi.stubEnv('SPILLWAY_GOP_CACHE_SECONDS', '55');
  vi.stubEnv('SPILLWAY_SEGMENTED_SENDS', undefined);
  const other = { ...tuning, instantStart: { ...tuning.instantStart, seconds: 0 }, segmentedSends: false };
  const [one, two] = await Promise.all([startWorker(tuning), startWorker(other)]);
  expect(await variablesOf(one)).toMatchObject({
    SPILLWAY_GOP_CACHE_SECONDS: '7',
    SPILLWAY_GOP_CACHE_MEGABYTES: '3',
    SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES: '99',
    SPILLWAY_SEGMENTED_SENDS: 'on',
  });
  expect(await variablesOf(two)).toMatchObject({
    SPILLWAY_GOP_CACHE_SECONDS: '0',
    SPILLWAY_SEGMENTED_SENDS: 'off',
  });
  expect(process.env.SPILLWAY_GOP_CACHE_SECONDS).toBe('55');
  expect(process.env.SPILLWAY_SEGMENTED_SENDS).toBeUndefined();
  expect(one.features).toEqual(features);
  expect(two.features).toEqual([]);
});

it('tells the process that takes the place of a dead one too', async () => {
  const worker = await startWorker(tuning);
  process.kill(worker.pid ?? Number.NaN, 'SIGKILL');
  await vi.waitFor(() => expect(worker.restarts).toBe(1), generous);
  expect(await variablesOf(worker)).toMatchObject({ SPILLWAY_GOP_CACHE_SECONDS: '7' });
});

it('reads what its features count, and nothing of a worker without', async () => {
  const worker = await startWorker(tuning);
  const counters = (await worker.counters()) ?? {};
  const counted = workerCounters.filter((name) => features.includes(name.split('.')[0] ?? ''));
  expect(Object.keys(counters).toSorted()).toEqual(counted.toSorted());
  for (const count of Object.values(counters)) expect(count).toBe(0);

  const plain = await startWorker();
  expect(await plain.counters()).toEqual({});
  expect(plain.features).toEqual([]);
});
