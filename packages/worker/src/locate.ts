import { cacheDirectory, WorkerCache } from './cache.ts';
import { interrupted, reasonOf, WorkerUnavailableError } from './errors.ts';
import { acquireLock } from './lock.ts';
import { readFeatures } from './manifest.ts';
import { mediasoupPackage } from './package.ts';
import { readPreference } from './preference.ts';
import type { Search } from './search.ts';
import { whyNotStarting } from './start-check.ts';
import { fromCache, type Obtained, obtain, type Wishes } from './ways.ts';

/** How to look for a worker. */
export interface FindWorkerOptions {
  /** Told each long step, and its progress every few seconds, in words. Default: nobody. */
  readonly log?: (line: string) => void;
  /**
   * Told what the operator may want to change, in one line: what the worker that is used lacks and how to have it, or
   * how not to wait for a build. Default: `log`.
   */
  readonly notice?: (line: string) => void;
  /** Where variables are read from, and the environment of the tools that run. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where binaries are kept. Default: `SPILLWAY_CACHE_DIR`, else the user's cache folder. */
  readonly cacheDir?: string;
  /** Whether Debian packages that a build needs may be installed, when run as root. Default true. */
  readonly allowInstall?: boolean;
  /**
   * Whether mediasoup's prebuilt worker may be used. Default true, or false when
   * `MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD` is set, as for mediasoup's own installer.
   */
  readonly allowDownload?: boolean;
  /** Ends a download, installation or build, with the processes that run for it. */
  readonly signal?: AbortSignal;
}

/** A mediasoup-worker that starts on this machine. */
export interface FoundWorker {
  /** For `createWorker({ workerBin })`. */
  readonly path: string;
  /** The version of mediasoup that it is to be used with. */
  readonly version: string;
  readonly origin: 'environment' | 'cache' | 'download' | 'build';
  /** What it can do beyond mediasoup's own, such as `gop-cache` and `segmented-sends`; see `features.ts`. */
  readonly features: readonly string[];
}

async function fromEnvironment(path: string, { version, log, signal }: Search) {
  const reason = await whyNotStarting(path, signal);

  if (reason !== undefined) {
    throw new WorkerUnavailableError(
      'WORKER_BIN_UNUSABLE',
      `MEDIASOUP_WORKER_BIN names ${path}, which cannot be used: ${reason}.`,
      'Point it to a mediasoup-worker that runs on this machine, or unset it to have one found or built.',
    );
  }

  return { path, origin: 'environment' as const, features: await readFeatures(path, version, log) };
}

/** Makes a binary, unless another process has made it by the time this one gets the lock. */
async function obtainOnce(search: Search, wishes: Wishes): Promise<Obtained> {
  const { cache, log, signal } = search;

  await cache.create();
  const release = await acquireLock(cache.lockFile, {
    signal,
    onWait: () => log('waiting for another process that is preparing mediasoup-worker'),
  });

  try {
    const kept = await fromCache(search, wishes);

    if (kept !== undefined) {
      return kept;
    }
    await cache.removeLeftovers();

    return await obtain(search, wishes);
  } finally {
    release();
  }
}

/** A failure of the file system, or of SQLite on it, belongs to the cache; whatever else is thrown stays as it is. */
function explain(error: unknown, { cache, signal }: Search): unknown {
  if (error instanceof WorkerUnavailableError) {
    return error;
  }
  if (signal?.aborted) {
    return interrupted(error);
  }
  if (!(error instanceof Error && ('errno' in error || 'errcode' in error))) {
    return error;
  }

  return new WorkerUnavailableError(
    'WORKER_CACHE_UNUSABLE',
    `The folder ${cache.dir} cannot be used: ${reasonOf(error)}.`,
    'Make it writable and see that there is space (about 300 MB), or name another by SPILLWAY_CACHE_DIR.',
    { cause: error },
  );
}

/**
 * Finds the mediasoup-worker binary of the installed mediasoup: `MEDIASOUP_WORKER_BIN`; one built here before; one
 * built now, where a compiler is; mediasoup's prebuilt one; one built with tools that are installed for it, where that
 * may be done. In this order, unless `SPILLWAY_WORKER_ORIGIN` asks for a `build` or the `prebuilt` one. What was
 * downloaded or built has passed a test with a real WebRTC peer and is kept, so that the next call takes milliseconds.
 *
 * Concurrent calls, of this process and others, make one binary between them.
 *
 * @throws {WorkerUnavailableError} when there is none; its message says what failed and how to mend it.
 */
export async function findWorker(options: FindWorkerOptions = {}): Promise<FoundWorker> {
  const { log = () => {}, notice = log, env = process.env, signal, allowInstall = true } = options;
  const { version } = mediasoupPackage();
  const cache = new WorkerCache(options.cacheDir ?? cacheDirectory(env));
  const search: Search = { version, cache, env, log, notice, signal };

  try {
    const wishes: Wishes = {
      preference: readPreference(env),
      allowInstall,
      allowDownload: options.allowDownload ?? !env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD,
    };

    if (env.MEDIASOUP_WORKER_BIN) {
      return { ...(await fromEnvironment(env.MEDIASOUP_WORKER_BIN, search)), version };
    }

    const found = (await fromCache(search, wishes)) ?? (await obtainOnce(search, wishes));

    return { ...found, version };
  } catch (error) {
    throw explain(error, search);
  }
}
