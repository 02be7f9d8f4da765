import { createWriteStream } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { runCommand } from './command.ts';
import { commandFailure } from './command-failure.ts';
import type { Recipe } from './recipe.ts';

/** What to build, and where. */
export interface BuildOptions {
  /** Prepared sources. */
  readonly sourceDir: string;
  /** The folder for objects. It must not exist. */
  readonly buildDir: string;
  /** Where the stripped binary goes. */
  readonly output: string;
  /** Where the whole output of the tools is kept. */
  readonly logFile: string;
  readonly version: string;
  readonly recipe: Recipe;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** About what one compiler takes at its worst, in bytes. */
const MEMORY_PER_JOB = 800 * 2 ** 20;
const PROGRESS_INTERVAL_MS = 5000;

/** How many compilers to run at once. */
export function jobCount(cores: number, memory: number): number {
  return Math.max(1, Math.min(cores, Math.floor(memory / MEMORY_PER_JOB)));
}

/** Reads ninja's `[n/m]`. */
export function parseProgress(line: string): { done: number; total: number } | undefined {
  const match = /^\[(\d+)\/(\d+)\]/.exec(line);

  return match ? { done: Number(match[1]), total: Number(match[2]) } : undefined;
}

/**
 * Builds mediasoup-worker with meson and ninja.
 *
 * @throws {WorkerUnavailableError} with the compiler's last words.
 */
export async function buildWorker(options: BuildOptions): Promise<void> {
  const { sourceDir, buildDir, output, logFile, version, recipe, log, signal } = options;
  const file = createWriteStream(logFile);
  // Losing the log is no reason to lose the build.
  const logged = finished(file).catch(() => {});
  // Messages are parsed, and end in error reports: English, and no colours.
  const env = { ...options.env, LC_ALL: 'C.UTF-8', CLICOLOR_FORCE: '0', NINJA_STATUS: '[%f/%t] ' };
  let lastReport = 0;

  const run = (command: string, args: readonly string[]) =>
    runCommand(command, args, {
      cwd: sourceDir,
      env,
      signal,
      onLine: (line) => {
        file.write(`${line}\n`);
        const progress = parseProgress(line);

        if (progress && Date.now() - lastReport >= PROGRESS_INTERVAL_MS) {
          lastReport = Date.now();
          log(`building mediasoup-worker ${version}: ${progress.done} of ${progress.total} files`);
        }
      },
    });

  try {
    log(`building mediasoup-worker ${version} from its sources; this takes some minutes, once`);
    await run('meson', ['setup', ...recipe.mesonArguments, buildDir]);
    await run('ninja', [
      '-C',
      buildDir,
      '-j',
      `${jobCount(availableParallelism(), totalmem())}`,
      'mediasoup-worker',
    ]);
    await run('strip', ['-o', output, join(buildDir, 'mediasoup-worker')]);
  } catch (error) {
    throw commandFailure(error, {
      code: 'WORKER_BUILD_FAILED',
      problem: ({ message, lastLines }) =>
        `Building mediasoup-worker ${version} failed: ${message}\n${lastLines.slice(-15).join('\n')}`,
      remedy: `The whole output is in ${logFile}. MEDIASOUP_WORKER_BIN can name a mediasoup-worker built elsewhere.`,
    });
  } finally {
    file.end();
    await logged;
  }
}
