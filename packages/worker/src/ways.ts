import { buildFailedBefore, findBuilt, makeBuilt } from './built.ts';
import { BUILD_LOG } from './cache.ts';
import { WorkerUnavailableError } from './errors.ts';
import { buildNotice, prebuiltNotice } from './lacking.ts';
import { findPrebuilt, makePrebuilt } from './prebuilt.ts';
import { PREFERENCE_VARIABLE, type Preference, waysToWorker } from './preference.ts';
import { type Binary, platform, type Search } from './search.ts';
import { whatIsMissing } from './toolchain.ts';

/** What the caller and the operator want. */
export interface Wishes {
  readonly preference: Preference;
  readonly allowInstall: boolean;
  readonly allowDownload: boolean;
}

/** A binary and where it comes from. */
export interface Obtained extends Binary {
  readonly origin: 'cache' | 'download' | 'build';
}

/** The ways that are open on this machine, in order, and how to get what a build would need first. */
async function survey(search: Search, { preference, allowDownload }: Wishes) {
  const { env, signal } = search;
  // Where there is no choice, nothing has to be known.
  const choice = preference === undefined && allowDownload;
  const howToInstall = choice ? await whatIsMissing({ platform, env, signal }) : undefined;
  const ways = waysToWorker({
    preference,
    allowPrebuilt: allowDownload,
    canBuild: howToInstall === undefined,
    failedBefore: buildFailedBefore(search),
  });

  return { ways, howToInstall };
}

function notePrebuilt(search: Search, { preference }: Wishes, howToInstall: string | undefined): void {
  search.notice(prebuiltNotice({ preference, howToInstall, buildLog: search.cache.file(BUILD_LOG) }));
}

/** The binary that was kept from before, if it is the one to use now. */
export async function fromCache(search: Search, wishes: Wishes): Promise<Obtained | undefined> {
  const built = wishes.preference === 'prebuilt' ? undefined : await findBuilt(search);

  if (built !== undefined) {
    return { ...built, origin: 'cache' };
  }

  const { ways, howToInstall } = await survey(search, wishes);
  const prebuilt = ways[0] === 'prebuilt' ? await findPrebuilt(search) : undefined;

  if (prebuilt === undefined) {
    return undefined;
  }
  notePrebuilt(search, wishes, howToInstall);

  return { ...prebuilt, origin: 'cache' };
}

async function obtainPrebuilt(search: Search, allowDownload: boolean): Promise<Obtained> {
  const kept = await findPrebuilt(search);

  if (kept !== undefined) {
    return { ...kept, origin: 'cache' };
  }
  if (!allowDownload) {
    throw new WorkerUnavailableError(
      'WORKER_PREBUILT_UNAVAILABLE',
      'No prebuilt mediasoup-worker: it may not be downloaded.',
      `Unset MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD, or ${PREFERENCE_VARIABLE}.`,
    );
  }

  return { ...(await makePrebuilt(search)), origin: 'download' };
}

/**
 * Tries the ways to a worker one after the other. Lock holder only.
 *
 * @throws {WorkerUnavailableError} of the build, when all have failed: of the two it is what can be mended here.
 */
export async function obtain(search: Search, wishes: Wishes): Promise<Obtained> {
  const { ways, howToInstall } = await survey(search, wishes);
  const errors = new Map<string, WorkerUnavailableError>();

  if (ways[0] === 'build' && ways.length > 1) {
    search.notice(buildNotice());
  }
  for (const way of ways) {
    try {
      if (way === 'build') {
        return { ...(await makeBuilt(search, wishes.allowInstall)), origin: 'build' };
      }
      const prebuilt = await obtainPrebuilt(search, wishes.allowDownload);

      notePrebuilt(search, wishes, howToInstall);

      return prebuilt;
    } catch (error) {
      if (search.signal?.aborted || !(error instanceof WorkerUnavailableError)) {
        throw error;
      }
      errors.set(way, error);
      if (ways.length > 1) {
        search.log(error.problem);
      }
    }
  }

  throw errors.get('build') ?? errors.get('prebuilt');
}
