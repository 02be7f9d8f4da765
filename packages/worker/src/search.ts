import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerCache } from './cache.ts';
import { readFeatures } from './manifest.ts';
import { detectPlatform, executableName } from './platform.ts';
import { whyNotStarting } from './start-check.ts';

/** What all ways to a worker have in common. */
export interface Search {
  /** Of the installed mediasoup. */
  readonly version: string;
  readonly cache: WorkerCache;
  readonly env: NodeJS.ProcessEnv;
  /** Told each long step and its progress. */
  readonly log: (line: string) => void;
  /** Told what the operator may want to change. */
  readonly notice: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** A binary that starts here, and what it can do beyond mediasoup's own. */
export interface Binary {
  readonly path: string;
  readonly features: readonly string[];
}

export const platform = detectPlatform();
export const executable = executableName(platform);

/** The binary kept under a key, unless the libraries that it was built against have gone since. */
export async function findKept(search: Search, key: string): Promise<Binary | undefined> {
  const { cache, version, log, signal } = search;
  const path = cache.find(key, executable);

  if (path === undefined) {
    return undefined;
  }

  const reason = await whyNotStarting(path, signal);

  if (reason !== undefined) {
    log(`the mediasoup-worker ${path} does not start any more (${reason}); making a new one`);
    return undefined;
  }

  return { path, features: await readFeatures(path, version, log) };
}

/**
 * Has a binary made in a temporary folder and stores it under a key. Lock holder only.
 *
 * @param make fills `dir`, which is to be stored, and may use `workDir`, which goes afterwards
 */
export async function makeEntry(
  { cache }: Search,
  key: string,
  make: (dir: string, workDir: string) => Promise<readonly string[]>,
): Promise<Binary> {
  const workDir = await cache.temporaryDir(key);
  const dir = join(workDir, 'entry');

  try {
    await mkdir(dir);
    const features = await make(dir, workDir);

    return { path: await cache.store(key, executable, dir), features };
  } finally {
    await cache.remove(workDir);
  }
}
