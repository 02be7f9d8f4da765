import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fakeToolchain, script, temporaryDir } from '../test-support.ts';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));

/** Runs the command where the tools make a given program at once, and gives its exit code and output. */
function machine(program: string) {
  const bin = temporaryDir();
  const made = script(bin, 'made', program);
  const tools = fakeToolchain(
    made,
    `for last; do :; done; /bin/cp ${made} "$2/$last"; echo $* >> ${bin}/calls`,
  );
  const env = { ...process.env, PATH: tools, SPILLWAY_CACHE_DIR: temporaryDir() };

  return {
    calls: () => readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n'),
    run: (...args: string[]) =>
      new Promise<{ code: number | string; output: string }>((resolve) => {
        execFile(process.execPath, [cli, ...args], { env }, (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, output: stdout + stderr }),
        );
      }),
  };
}

describe('the tests', { timeout: 300_000 }, () => {
  it('are built and run with what is handed on, in the sources; the next run goes on with the objects', async () => {
    const { run, calls } = machine('echo "ran $*"; [ -e test/src/tests.cpp ]');
    const first = await run('--jobs', '1', '[rtp]', '--', '-r', 'compact');

    expect(first).toMatchObject({ code: 0, output: expect.stringContaining('\nran [rtp] -r compact\n') });
    expect(calls()).toEqual([expect.stringMatching(/-j 1 mediasoup-worker-test$/)]);
    expect((await run()).output).toContain('0 source files have changed');
  });

  it('fail when one fails', async () => {
    expect(await machine('exit 3').run()).toMatchObject({
      code: 1,
      output: expect.stringContaining('exit code 3'),
    });
  });

  it('fail when a sanitizer complains', async () => {
    const { run } = machine('echo "a.cpp:1:2: runtime error: shift exponent 64 is too large" >&2');

    expect(await run('--sanitize')).toMatchObject({
      code: 1,
      output: expect.stringContaining('finding: a.cpp:1:2: shift exponent N is too large'),
    });
  });
});

it('a worker is built to a path, with a manifest beside it', { timeout: 300_000 }, async () => {
  const { run, calls } = machine('echo worker');
  const dir = join(temporaryDir(), 'new');
  const read = () => JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));

  expect(await run('--sanitize', '--worker', join(dir, 'mediasoup-worker'))).toMatchObject({ code: 0 });
  expect(calls()).toEqual([expect.stringMatching(/ mediasoup-worker$/)]);
  expect(read()).toMatchObject({
    mediasoup: '3.27.1',
    features: ['gop-cache', 'segmented-sends'],
    meson: expect.arrayContaining(['-Db_sanitize=address,undefined']),
  });
  await run('--stock', '--worker', join(dir, 'mediasoup-worker'));
  expect(read()).toMatchObject({ features: [] });
});

it('tells its usage', async () => {
  expect(await machine('').run('--fast')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/--fast[\s\S]*usage: npm run test:worker/),
  });
});
