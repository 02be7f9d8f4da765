import { beforeAll, expect, it } from 'vitest';
import { findWorker } from './locate.ts';
import { selfTest } from './self-test.ts';
import { processesWith, script, temporaryDir } from './test-support.ts';

let worker: string;

beforeAll(async () => {
  worker = (await findWorker()).path;
}, 1_200_000);

it('passes with the real worker', { timeout: 120_000 }, async () => {
  await selfTest(worker);
});

it('fails when the binary is no worker', { timeout: 120_000 }, async () => {
  await expect(selfTest('/bin/true')).rejects.toMatchObject({
    code: 'WORKER_TEST_FAILED',
    problem: expect.stringContaining('the worker did not start'),
  });
});

it('fails when the worker hangs, and ends it', { timeout: 120_000 }, async () => {
  const path = script(temporaryDir(), 'hanging', 'while :; do sleep 1; done');

  await expect(selfTest(path)).rejects.toMatchObject({
    code: 'WORKER_TEST_FAILED',
    problem: expect.stringContaining('start of the worker: not within'),
  });
  // What was killed may take a moment to be gone.
  await expect.poll(() => processesWith(path), { timeout: 30_000 }).toEqual([]);
});

it('fails when the worker dies on the way', { timeout: 120_000 }, async () => {
  // The exchange of packets alone takes longer than this worker lives.
  const path = script(temporaryDir(), 'dying', `(sleep 0.1; kill -9 $$) &\nexec ${worker} "$@"`);

  await expect(selfTest(path)).rejects.toMatchObject({
    code: 'WORKER_TEST_FAILED',
    problem: expect.stringMatching(/the worker (died|did not start)/),
  });
});
