import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

const TEMPORARY = '.tmp-';

/** The tools' output of the last build. */
export const BUILD_LOG = 'build.log';

/** Where binaries are kept: `SPILLWAY_CACHE_DIR`, else `$XDG_CACHE_HOME/spillway`, else `~/.cache/spillway`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const { SPILLWAY_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = env;

  if (own) {
    return resolve(own);
  }

  // The XDG specification has relative paths ignored.
  return xdg && isAbsolute(xdg) ? join(xdg, 'spillway') : join(homedir(), '.cache', 'spillway');
}

/**
 * The store of worker binaries: one folder per cache key, made elsewhere and renamed into place, so that what is
 * there is whole. Whoever writes holds the lock; readers need none.
 */
export class WorkerCache {
  /** The folder of all entries. */
  readonly dir: string;

  /** @param cacheDir see {@link cacheDirectory}; created when first written to. */
  constructor(cacheDir: string) {
    this.dir = join(cacheDir, 'worker');
  }

  /** The file that stands for the right to write. */
  get lockFile(): string {
    return this.file('lock');
  }

  /** Where a file beside the entries is. */
  file(name: string): string {
    return join(this.dir, name);
  }

  /** The binary kept under a key, if there is one. */
  find(key: string, executable: string): string | undefined {
    const path = join(this.dir, key, executable);

    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      return undefined;
    }
  }

  /** Creates the store's folder. */
  async create(): Promise<void> {
    await mkdir(this.dir, { recursive: true });
  }

  /** A new temporary folder in the store. Lock holder only. */
  async temporaryDir(key: string): Promise<string> {
    return mkdtemp(join(this.dir, `${key}${TEMPORARY}${process.pid}-`));
  }

  /** Removes what interrupted builds and downloads left. Lock holder only: nobody else has anything unfinished. */
  async removeLeftovers(): Promise<number> {
    const leftovers = (await readdir(this.dir)).filter((name) => name.includes(TEMPORARY));

    for (const name of leftovers) {
      await this.remove(join(this.dir, name));
    }

    return leftovers.length;
  }

  /** Removes a folder, also while an orphaned compiler still writes to it. */
  async remove(dir: string): Promise<void> {
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /**
   * Makes a finished folder the entry of a key, in place of an earlier one. Lock holder only.
   *
   * @param dir a folder in the store's file system that holds the executable, and is gone afterwards.
   * @returns the path of the binary.
   */
  async store(key: string, executable: string, dir: string): Promise<string> {
    const entry = join(this.dir, key);
    const former = await this.temporaryDir(key);

    try {
      await rename(entry, join(former, 'former'));
    } catch {
      // There is none.
    }
    await rename(dir, entry);
    await this.remove(former);

    return join(entry, executable);
  }
}
