import { existsSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildWorker } from './build.ts';
import { BUILD_LOG } from './cache.ts';
import { type WorkerUnavailableCode, WorkerUnavailableError } from './errors.ts';
import { featuresOf } from './features.ts';
import { writeManifest } from './manifest.ts';
import { mediasoupPackage } from './package.ts';
import { cacheKey } from './platform.ts';
import { recipe, recipeHash } from './recipe.ts';
import { type Binary, executable, findKept, makeEntry, platform, type Search } from './search.ts';
import { selfTest } from './self-test.ts';
import { prepareSource } from './source.ts';
import { buildSrtpLibrary } from './srtp-library.ts';
import { ensureToolchain } from './toolchain.ts';

/** Failures that the same recipe on the same machine meets again. */
const LASTING: readonly WorkerUnavailableCode[] = [
  'WORKER_SOURCE_UNUSABLE',
  'WORKER_BUILD_FAILED',
  'WORKER_TEST_FAILED',
];

function keyOf({ version }: Search): string {
  return cacheKey(version, platform, recipeHash(recipe));
}

function failureFile(search: Search): string {
  return search.cache.file(`failed-${keyOf(search)}`);
}

/** The worker of this recipe, when it was built before. */
export async function findBuilt(search: Search): Promise<Binary | undefined> {
  return findKept(search, keyOf(search));
}

/** Whether a build of this recipe failed, and none has succeeded since. */
export function buildFailedBefore(search: Search): boolean {
  return existsSync(failureFile(search));
}

/**
 * Builds the worker, has it pass its test and keeps it. Lock holder only.
 *
 * @throws {WorkerUnavailableError} that says which step failed. {@link buildFailedBefore} tells it from then on.
 */
export async function makeBuilt(search: Search, allowInstall: boolean): Promise<Binary> {
  try {
    const binary = await makeEntry(search, keyOf(search), (dir, workDir) =>
      build(search, { dir, workDir, allowInstall }),
    );

    rmSync(failureFile(search), { force: true });

    return binary;
  } catch (error) {
    if (error instanceof WorkerUnavailableError && LASTING.includes(error.code)) {
      await writeFile(failureFile(search), `${error.message}\n`);
    }
    throw error;
  }
}

interface Place {
  readonly dir: string;
  readonly workDir: string;
  readonly allowInstall: boolean;
}

async function build(search: Search, { dir, workDir, allowInstall }: Place): Promise<readonly string[]> {
  const { version, cache, env, log, signal } = search;
  const sourceDir = join(workDir, 'source');
  const output = join(dir, executable);
  const features = featuresOf(recipe).map(({ name }) => name);

  await ensureToolchain({ platform, env, allowInstall, log, signal });
  await prepareSource({ workerDir: mediasoupPackage().workerDir, target: sourceDir, recipe, env, signal });
  const srtp = await buildSrtpLibrary({ dir: join(workDir, 'srtp'), recipe, env, log, signal });
  await buildWorker({
    sourceDir,
    buildDir: join(workDir, 'objects'),
    output,
    logFile: cache.file(BUILD_LOG),
    version,
    recipe,
    env: { ...env, ...srtp.env },
    log,
    signal,
  });
  log('testing the new mediasoup-worker with a WebRTC peer');
  await selfTest(output, { env, signal });

  await writeManifest(dir, {
    mediasoup: version,
    features,
    origin: 'build',
    recipe: recipeHash(recipe),
    libsrtp: srtp.name,
    meson: [...recipe.mesonArguments],
  });

  return features;
}
