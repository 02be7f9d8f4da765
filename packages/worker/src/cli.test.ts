import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { findWorker } from './locate.ts';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
const run = (env: NodeJS.ProcessEnv) =>
  promisify(execFile)(process.execPath, [cli], { env: { ...process.env, ...env } });
let path: string;

beforeAll(async () => {
  path = (await findWorker()).path;
}, 1_200_000);

it('prints the path and nothing else', async () => {
  expect(await run({})).toEqual({ stdout: `${path}\n`, stderr: '' });
});

it('fails with what failed and how to mend it', async () => {
  await expect(run({ MEDIASOUP_WORKER_BIN: '/no/such/file' })).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/MEDIASOUP_WORKER_BIN names \/no\/such\/file.*no such file[\s\S]*unset it/),
  });
});
