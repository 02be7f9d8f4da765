import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { create } from 'tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { featuresOf } from './features.ts';
import { type FindWorkerOptions, findWorker } from './locate.ts';
import { recipe, recipeHash } from './recipe.ts';
import { fakeToolchain, script, temporaryDir, webServer } from './test-support.ts';

let real: string;
let realTarball: Buffer;

beforeAll(async () => {
  real = (await findWorker()).path;
  realTarball = await create({ cwd: dirname(real), gzip: true }, [basename(real)]).concat();
}, 1_200_000);

/** A machine without tools, where workers come from a server that answers with a body. */
async function environment(
  body: Buffer,
  variables: NodeJS.ProcessEnv = {},
): Promise<NodeJS.ProcessEnv & { requests: string }> {
  const env = {
    ...process.env,
    PATH: temporaryDir(),
    MEDIASOUP_WORKER_BIN: '',
    SPILLWAY_CACHE_DIR: temporaryDir(),
    SPILLWAY_WORKER_ORIGIN: '',
    MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: '',
    MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD: '',
    requests: '',
    ...variables,
  };

  env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL = await webServer((request, response) => {
    env.requests += `${request.url}\n`;
    response.end(body);
  });

  return env;
}

/** Finds a worker, and gives what was said with it. */
async function find(env: NodeJS.ProcessEnv, options: FindWorkerOptions = {}) {
  const lines: string[] = [];
  const found = await findWorker({
    env,
    allowInstall: false,
    log: (line) => lines.push(line),
    notice: (line) => lines.push(`notice: ${line}`),
    ...options,
  });

  return { ...found, said: lines.join('\n') };
}

const features = featuresOf(recipe).map(({ name }) => name);
const nothing = Buffer.from('nothing');
const entries = (env: NodeJS.ProcessEnv) =>
  readdirSync(join(env.SPILLWAY_CACHE_DIR ?? '', 'worker')).filter((name) => /^\d/.test(name));

describe('MEDIASOUP_WORKER_BIN', () => {
  it('comes first', async () => {
    const env = await environment(realTarball, { MEDIASOUP_WORKER_BIN: real });

    expect(await findWorker({ env })).toMatchObject({
      path: real,
      version: '3.27.1',
      origin: 'environment',
    });
    expect(env.requests).toBe('');
  });

  it('has the features that a manifest beside it tells', async () => {
    const dir = temporaryDir();
    const path = join(dir, 'mediasoup-worker');
    const env = await environment(nothing, { MEDIASOUP_WORKER_BIN: path });

    cpSync(real, path);
    expect((await findWorker({ env })).features).toEqual([]);
    writeFileSync(
      join(dir, 'manifest.json'),
      JSON.stringify({ mediasoup: '3.27.1', features: ['gop-cache'] }),
    );
    expect((await findWorker({ env })).features).toEqual(['gop-cache']);
    writeFileSync(join(dir, 'manifest.json'), '{}');
    expect(await find(env)).toMatchObject({ features: [], said: expect.stringContaining('manifest.json') });
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
      const env = await environment(realTarball, { MEDIASOUP_WORKER_BIN: path });
      const error: unknown = await findWorker({ env }).catch((thrown) => thrown);

      expect(error).toMatchObject({ name: 'WorkerUnavailableError', code: 'WORKER_BIN_UNUSABLE' });
      expect(error).toMatchObject({ problem: expect.stringMatching(reason) });
      expect(error).toMatchObject({ message: expect.stringContaining(`MEDIASOUP_WORKER_BIN names ${path}`) });
      expect(env.requests).toBe('');
    }
  });
});

describe('where a compiler is, a worker', () => {
  it('is built, tested and kept; the next call finds it', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball, { PATH: fakeToolchain(real) });
    const { said, ...first } = await find(env);

    expect(first).toMatchObject({ origin: 'build', features });
    expect(readFileSync(first.path).equals(readFileSync(real))).toBe(true);
    expect(said).toMatch(/^notice: building .*SPILLWAY_WORKER_ORIGIN=prebuilt/);
    expect(said).toContain('3 of 7 files');
    expect(await find(env)).toEqual({ ...first, origin: 'cache', said: '' });
    expect(env.requests).toBe('');
    expect(entries(env)).toHaveLength(1);
  });

  it('is told by a manifest beside it', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball, { PATH: fakeToolchain(real) });
    const { path } = await find(env);
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(path), 'manifest.json'), 'utf8'));

    expect(manifest).toEqual({
      mediasoup: '3.27.1',
      features,
      origin: 'build',
      recipe: recipeHash(recipe),
      libsrtp: 'system',
      meson: recipe.mesonArguments,
    });
  });

  it('is built although a prebuilt one was kept', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);

    expect((await find(env)).origin).toBe('download');
    env.PATH = fakeToolchain(real);
    expect(await find(env)).toMatchObject({ origin: 'build', features });
    // The compiler may go again.
    env.PATH = temporaryDir();
    expect(await find(env)).toMatchObject({ origin: 'cache', features });
    expect(entries(env)).toHaveLength(2);
  });

  it('is the prebuilt one when that is asked for', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball, { PATH: fakeToolchain(real) });

    await find(env);
    env.SPILLWAY_WORKER_ORIGIN = 'prebuilt';
    expect(await find(env)).toMatchObject({ origin: 'download', features: [] });
    expect(await find(env)).toMatchObject({
      origin: 'cache',
      features: [],
      said: expect.stringMatching(/^notice: using mediasoup's prebuilt .*unset SPILLWAY_WORKER_ORIGIN/),
    });
  });
});

describe('a failed build', () => {
  const failing = () => fakeToolchain(real, 'echo "error: no such thing"; exit 1');

  it('leaves the prebuilt worker, with the reason; it is not tried at every start', {
    timeout: 120_000,
  }, async () => {
    const env = await environment(realTarball, { PATH: failing() });
    const { said, ...found } = await find(env);

    expect(found).toMatchObject({ origin: 'download', features: [] });
    expect(said).toContain('error: no such thing');
    expect(said).toMatch(/notice: using mediasoup's prebuilt .*SPILLWAY_WORKER_ORIGIN=build tries again$/);
    expect((await find(env)).said).toMatch(/^notice: using mediasoup's prebuilt .*tries again$/);
    // Mended, and tried again.
    env.PATH = fakeToolchain(real);
    expect((await find(env)).origin).toBe('cache');
    env.SPILLWAY_WORKER_ORIGIN = 'build';
    expect((await find(env)).origin).toBe('build');
    env.SPILLWAY_WORKER_ORIGIN = '';
    expect(await find(env)).toMatchObject({ origin: 'cache', features, said: '' });
  });

  it('is the error where there is no prebuilt worker either, and is tried again', async () => {
    const env = await environment(nothing, { PATH: failing() });

    for (const _ of [1, 2]) {
      await expect(find(env)).rejects.toMatchObject({
        code: 'WORKER_BUILD_FAILED',
        problem: expect.stringContaining('error: no such thing'),
      });
    }
    expect(entries(env)).toEqual([]);
  });

  it('is the error when a build is asked for', async () => {
    const env = await environment(realTarball, { PATH: failing(), SPILLWAY_WORKER_ORIGIN: 'build' });

    await expect(find(env)).rejects.toMatchObject({ code: 'WORKER_BUILD_FAILED' });
    expect(env.requests).toBe('');
  });

  it('is one whose worker fails its test, too', { timeout: 120_000 }, async () => {
    const broken = script(temporaryDir(), 'broken', 'exit 127');
    const env = await environment(realTarball, { PATH: fakeToolchain(broken) });

    expect(await find(env)).toMatchObject({
      origin: 'download',
      said: expect.stringContaining('failed its test'),
    });
  });
});

describe('a prebuilt worker', () => {
  it('is downloaded, tested and kept; the next call finds it', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);
    const first = await findWorker({ env });

    expect(first).toMatchObject({ origin: 'download', features: [] });
    expect(readFileSync(first.path).equals(readFileSync(real))).toBe(true);
    expect(await findWorker({ env })).toEqual({ ...first, origin: 'cache' });
    expect(env.requests.trim().split('\n')).toHaveLength(1);
    expect(entries(env)).toHaveLength(1);
  });

  it('is used with a line that says what is missing', { timeout: 120_000 }, async () => {
    const env = await environment(realTarball);

    for (const said of [(await find(env)).said, (await find(env)).said]) {
      expect(said.split('\n').at(-1)).toMatch(
        /^notice: using mediasoup's prebuilt worker, without .*: .*g\+\+ meson/,
      );
    }
  });

  it('that is asked for is the only one', async () => {
    const env = await environment(nothing, { PATH: fakeToolchain(real) });

    env.SPILLWAY_WORKER_ORIGIN = 'prebuilt';
    await expect(find(env)).rejects.toMatchObject({ code: 'WORKER_PREBUILT_UNAVAILABLE' });
    await expect(find(env, { allowDownload: false })).rejects.toMatchObject({
      code: 'WORKER_PREBUILT_UNAVAILABLE',
      remedy: expect.stringContaining('MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD'),
    });
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
