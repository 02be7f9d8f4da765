import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildWorker } from './build.ts';
import { cacheDirectory, WorkerCache } from './cache.ts';
import { DownloadError, downloadWorker, prebuiltUrl } from './download.ts';
import { interrupted, reasonOf, WorkerUnavailableError } from './errors.ts';
import { acquireLock } from './lock.ts';
import { mediasoupPackage } from './package.ts';
import { cacheKey, detectPlatform, executableName } from './platform.ts';
import { recipe, recipeHash } from './recipe.ts';
import { selfTest } from './self-test.ts';
import { prepareSource } from './source.ts';
import { buildSrtpLibrary } from './srtp-library.ts';
import { whyNotStarting } from './start-check.ts';
import { ensureToolchain } from './toolchain.ts';

/** How to look for a worker. */
export interface FindWorkerOptions {
  /** Told each long step, and its progress every few seconds, in words. Default: nobody. */
  readonly log?: (line: string) => void;
  /** Where variables are read from, and the environment of the tools that run. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where binaries are kept. Default: `SPILLWAY_CACHE_DIR`, else the user's cache folder. */
  readonly cacheDir?: string;
  /** Whether Debian packages that a build needs may be installed, when run as root. Default true. */
  readonly allowInstall?: boolean;
  /**
   * Whether mediasoup's prebuilt worker may be downloaded. Default true, or false when
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
}

/** What the steps have in common. */
interface Search {
  readonly version: string;
  readonly key: string;
  readonly cache: WorkerCache;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
  readonly allowInstall: boolean;
  readonly allowDownload: boolean;
}

const platform = detectPlatform();
const executable = executableName(platform);

async function fromEnvironment(path: string, signal: AbortSignal | undefined): Promise<string> {
  const reason = await whyNotStarting(path, signal);

  if (reason !== undefined) {
    throw new WorkerUnavailableError(
      'WORKER_BIN_UNUSABLE',
      `MEDIASOUP_WORKER_BIN names ${path}, which cannot be used: ${reason}.`,
      'Point it to a mediasoup-worker that runs on this machine, or unset it to have one found or built.',
    );
  }

  return path;
}

/** The kept binary, unless the libraries that it was built against have gone since. */
async function fromCache({ cache, key, log, signal }: Search): Promise<string | undefined> {
  const path = cache.find(key, executable);

  if (path === undefined) {
    return undefined;
  }

  const reason = await whyNotStarting(path, signal);

  if (reason !== undefined) {
    log(`the mediasoup-worker ${path} does not start any more (${reason}); making a new one`);
    return undefined;
  }

  return path;
}

/** Fills `dir` with a downloaded binary that passed its test; false when there is none to be had. */
async function fromDownload(search: Search, dir: string): Promise<boolean> {
  const { version, env, log, signal } = search;
  const url = prebuiltUrl(version, platform, env);

  try {
    log(`downloading mediasoup-worker ${version} from ${url}`);
    const path = await downloadWorker(url, dir, platform, signal);
    const reason = await whyNotStarting(path, signal);

    if (reason !== undefined) {
      throw new DownloadError(`it does not start here: ${reason}`);
    }
    log('testing the downloaded mediasoup-worker with a WebRTC peer');
    await selfTest(path, { env, signal });

    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DownloadError || isFailedTest(error)) {
      log(`no prebuilt mediasoup-worker: ${reasonOf(error)}`);
      return false;
    }
    throw error;
  }
}

function isFailedTest(error: unknown): boolean {
  return error instanceof WorkerUnavailableError && error.code === 'WORKER_TEST_FAILED';
}

/** Fills `dir` with a built binary that passed its test. */
async function fromBuild(search: Search, workDir: string, dir: string): Promise<void> {
  const { version, cache, env, log, signal, allowInstall } = search;
  const sourceDir = join(workDir, 'source');
  const output = join(dir, executable);

  await ensureToolchain({ platform, env, allowInstall, log, signal });
  await prepareSource({ workerDir: mediasoupPackage().workerDir, target: sourceDir, recipe, env, signal });
  const srtp = await buildSrtpLibrary({ dir: join(workDir, 'srtp'), recipe, env, log, signal });
  await buildWorker({
    sourceDir,
    buildDir: join(workDir, 'objects'),
    output,
    logFile: join(cache.dir, 'build.log'),
    version,
    recipe,
    env: { ...env, ...srtp },
    log,
    signal,
  });
  log('testing the new mediasoup-worker with a WebRTC peer');
  await selfTest(output, { env, signal });
}

/** Makes a binary and stores it. The lock is held. */
async function make(search: Search): Promise<Pick<FoundWorker, 'path' | 'origin'>> {
  const { cache, key, allowDownload } = search;

  await cache.removeLeftovers();
  const workDir = await cache.temporaryDir(key);

  try {
    const downloadDir = join(workDir, 'download');
    const buildDir = join(workDir, 'build');

    await mkdir(downloadDir);
    if (allowDownload && (await fromDownload(search, downloadDir))) {
      return { path: await cache.store(key, executable, downloadDir), origin: 'download' };
    }
    await mkdir(buildDir);
    await fromBuild(search, workDir, buildDir);

    return { path: await cache.store(key, executable, buildDir), origin: 'build' };
  } finally {
    await cache.remove(workDir);
  }
}

/** Makes a binary, unless another process has made it by the time this one gets the lock. */
async function makeOnce(search: Search): Promise<Pick<FoundWorker, 'path' | 'origin'>> {
  const { cache, log, signal } = search;

  await cache.create();
  const release = await acquireLock(cache.lockFile, {
    signal,
    onWait: () => log('waiting for another process that is preparing mediasoup-worker'),
  });

  try {
    const path = await fromCache(search);

    return path === undefined ? await make(search) : { path, origin: 'cache' };
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
 * Finds the mediasoup-worker binary of the installed mediasoup: `MEDIASOUP_WORKER_BIN`, one kept from before,
 * mediasoup's prebuilt one, or one built from the npm package's sources, in this order. What was downloaded or built
 * has passed a test with a real WebRTC peer and is kept, so that the next call takes milliseconds.
 *
 * Concurrent calls, of this process and others, make one binary between them.
 *
 * @throws {WorkerUnavailableError} when there is none; its message says what failed and how to mend it.
 */
export async function findWorker(options: FindWorkerOptions = {}): Promise<FoundWorker> {
  const { log = () => {}, env = process.env, signal, allowInstall = true } = options;
  const { version } = mediasoupPackage();
  const search: Search = {
    version,
    key: cacheKey(version, platform, recipeHash(recipe)),
    cache: new WorkerCache(options.cacheDir ?? cacheDirectory(env)),
    env,
    log,
    signal,
    allowInstall,
    allowDownload: options.allowDownload ?? !env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD,
  };

  try {
    if (env.MEDIASOUP_WORKER_BIN) {
      return {
        path: await fromEnvironment(env.MEDIASOUP_WORKER_BIN, signal),
        version,
        origin: 'environment',
      };
    }

    const kept = await fromCache(search);

    return kept === undefined
      ? { ...(await makeOnce(search)), version }
      : { path: kept, version, origin: 'cache' };
  } catch (error) {
    throw explain(error, search);
  }
}
