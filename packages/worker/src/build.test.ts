import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { jobCount, parseProgress } from './build.ts';
import { canBuild, processesWith, temporaryDir } from './test-support.ts';

describe('progress', () => {
  it('is read from ninja’s lines', () => {
    expect(parseProgress('[12/261] Compiling C++ object x.o')).toEqual({ done: 12, total: 261 });
    expect(parseProgress('../src/[1/2].cpp: warning')).toBeUndefined();
  });
});

describe('jobs', () => {
  it('are bounded by cores and by memory', () => {
    expect(jobCount(8, 64 * 2 ** 30)).toBe(8);
    expect(jobCount(8, 2 * 2 ** 30)).toBe(2);
    expect(jobCount(8, 2 ** 28)).toBe(1);
  });
});

describe.runIf(await canBuild())('an interrupted build (where the tools are, or can be installed)', () => {
  /** Starts a real build and comes back when compilers run. */
  async function start(cacheDir: string): Promise<ChildProcess> {
    const cli = spawn(process.execPath, [fileURLToPath(new URL('./cli.ts', import.meta.url))], {
      env: {
        ...process.env,
        MEDIASOUP_WORKER_BIN: '',
        SPILLWAY_CACHE_DIR: cacheDir,
        MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD: 'true',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });

    onTestFinished(() => void cli.kill('SIGKILL'));
    for await (const line of createInterface({ input: cli.stderr })) {
      if (/: \d+ of \d+ files/.test(line)) {
        break;
      }
    }

    return cli;
  }

  const entries = (cacheDir: string) =>
    readdirSync(join(cacheDir, 'worker')).filter((name) => /^\d/.test(name));
  // With its reader dead, ninja dies of the next line it writes, which is when a compiler has ended.
  const processesGone = (cacheDir: string) =>
    vi.waitFor(() => expect(processesWith(cacheDir)).toEqual([]), { timeout: 240_000, interval: 200 });

  it('leaves nothing behind when asked to end', { timeout: 300_000 }, async () => {
    const cacheDir = temporaryDir();
    const cli = await start(cacheDir);
    const exited = once(cli, 'exit');

    cli.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(entries(cacheDir)).toEqual([]);
    await processesGone(cacheDir);
  });

  it('is not taken for a good one when killed, and ends by itself', { timeout: 400_000 }, async () => {
    const cacheDir = temporaryDir();
    const cli = await start(cacheDir);
    const exited = once(cli, 'exit');

    cli.kill('SIGKILL');
    await exited;
    expect(entries(cacheDir)).toEqual([expect.stringContaining('.tmp-')]);
    await processesGone(cacheDir);
  });
});
