import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { create } from 'tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { findWorker } from './locate.ts';
import { script, temporaryDir, webServer } from './test-support.ts';

let real: string;
let realTarball: Buffer;

beforeAll(async () => {
  real = (await findWorker()).path;
  realTarball = await create({ cwd: dirname(real), gzip: true }, [basename(real)]).concat();
}, 1_200_000);

/** The environment of a machine where workers come from a server that answers with a body. */
async function environment(body: Buffer): Promise<NodeJS.ProcessEnv & { requests: string }> {
  const env = {
    ...process.env,
    MEDIASOUP_WORKER_BIN: '',
    SPILLWAY_CACHE_DIR: temporaryDir(),
    MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: '',
    MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD: '',
    requests: '',
  };

  env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL = await webServer((request, response) => {
    env.requests += `${request.url}\n`;
    response.end(body);
  });

  return env;
}

const entries = (env: NodeJS.ProcessEnv) =>
  readdirSync(join(env.SPILLWAY_CACHE_DIR ?? '', 'worker')).filter((name) => /^\d/.test(name));

describe('MEDIASOUP_WORKER_BIN', () => {
  it('comes first', async () => {
    const env = { ...(await environment(realTarball)), MEDIASOUP_WORKER_BIN: real };

    expect(await findWorker({ env })).toEqual({ path: real, version: '3.27.1', origin: 'environment' });
    expect(env.requests).toBe('');
  });

  it('is refused by its name and with the reason when it is bad; nothing else is tried', async () => {
    const dir = temporaryDir();
    const bad: [path: string, reason: RegExp][] = [
      [join(dir, 'none'), /no such file/],
      [dir, /not a file/],
      ['/bin/true', /ended without an error/],
      [script(dir, 'broken', 'exit 127'), /exit code 127/],
    ];

    for (const [path, reason] of bad) {
      const env = { ...(await environment(realTarball)), MEDIASOUP_WORKER_BIN: path };
      const error: unknown = await findWorker({ env }).catch((thrown) => thrown);

      expect(error).toMatchObject({ name: 'WorkerUnavailableError', code: 'WORKER_BIN_UNUSABLE' });
      expect(error).toMatchObject({ problem: expect.stringMatching(reason) });
      expect(error).toMatchObject({ message: expect.stringContaining(`MEDIASOUP_WORKER_BIN names ${path}`) });
      expect(env.requests).toBe('');
    }
  });
});

describe('a prebuilt worker', () => {
  it('is downloaded, tested and kept; the next call finds it', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);
    const first = await findWorker({ env });

    expect(first.origin).toBe('download');
    expect(readFileSync(first.path).equals(readFileSync(real))).toBe(true);
    expect(await findWorker({ env })).toEqual({ ...first, origin: 'cache' });
    expect(env.requests.trim().split('\n')).toHaveLength(1);
    expect(entries(env)).toHaveLength(1);
  });

  it('is made once for several callers', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);
    const found = await Promise.all([findWorker({ env }), findWorker({ env }), findWorker({ env })]);

    expect(found.map(({ origin }) => origin).sort()).toEqual(['cache', 'cache', 'download']);
    expect(env.requests.trim().split('\n')).toHaveLength(1);
  });

  it('replaces a kept one that does not start any more', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);
    const lines: string[] = [];
    const { path } = await findWorker({ env });

    writeFileSync(path, '#!/bin/sh\necho libuv.so.1: cannot open >&2; exit 127\n');
    expect(await findWorker({ env, log: (line) => lines.push(line) })).toMatchObject({
      path,
      origin: 'download',
    });
    expect(lines.join('\n')).toContain('libuv.so.1: cannot open');
    expect((await findWorker({ env })).origin).toBe('cache');
  });

  it('is had after an interrupted build, whose remains go', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);
    const remains = join(env.SPILLWAY_CACHE_DIR ?? '', 'worker', '3.27.1-linux.tmp-1-abc', 'build');

    mkdirSync(remains, { recursive: true });
    script(remains, 'mediasoup-worker', 'exit 41');
    expect((await findWorker({ env })).origin).toBe('download');
    expect(entries(env)).toEqual([expect.not.stringContaining('.tmp-')]);
  });

  it('is not kept when it does not start, or fails its test; a build would be next', {
    timeout: 120_000,
  }, async () => {
    for (const [body, complaint] of [
      ['exit 127', /does not start here/],
      ['exit 41', /failed its test: the worker did not start/],
    ] as const) {
      const dir = temporaryDir();
      const lines: string[] = [];

      script(dir, 'mediasoup-worker', body);
      const env = await environment(await create({ cwd: dir, gzip: true }, ['mediasoup-worker']).concat());
      // A machine without tools: what is under test is that it comes to that.
      env.PATH = temporaryDir();

      await expect(
        findWorker({ env, allowInstall: false, log: (line) => lines.push(line) }),
      ).rejects.toMatchObject({ code: 'WORKER_TOOLS_MISSING' });
      expect(lines.join('\n')).toMatch(complaint);
      expect(entries(env)).toEqual([]);
    }
  });

  it.each([
    ['allowDownload is false', { allowDownload: false }, ''],
    ['mediasoup’s own variable says so', {}, 'true'],
  ])('is not asked for when %s', async (_, options, skip) => {
    const env = await environment(realTarball);

    env.PATH = temporaryDir();
    env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD = skip;
    await expect(findWorker({ env, allowInstall: false, ...options })).rejects.toMatchObject({
      code: 'WORKER_TOOLS_MISSING',
    });
    expect(env.requests).toBe('');
  });
});

it('says so when the cache cannot be written', async () => {
  const env = await environment(realTarball);
  const file = join(temporaryDir(), 'file');

  writeFileSync(file, '');
  await expect(findWorker({ env, cacheDir: file })).rejects.toMatchObject({
    code: 'WORKER_CACHE_UNUSABLE',
    remedy: expect.stringContaining('SPILLWAY_CACHE_DIR'),
  });
});

it('ends when aborted, and keeps nothing', async () => {
  const stop = new AbortController();
  const env = await environment(realTarball);

  env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL = await webServer(() => stop.abort());
  await expect(findWorker({ env, signal: stop.signal })).rejects.toMatchObject({
    code: 'WORKER_INTERRUPTED',
  });
  expect(entries(env)).toEqual([]);
});
