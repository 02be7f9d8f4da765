import { DownloadError, downloadWorker, prebuiltUrl } from './download.ts';
import { reasonOf, WorkerUnavailableError } from './errors.ts';
import { writeManifest } from './manifest.ts';
import { cacheKey } from './platform.ts';
import { type Binary, executable, findKept, makeEntry, platform, type Search } from './search.ts';
import { selfTest } from './self-test.ts';
import { whyNotStarting } from './start-check.ts';

/** No recipe in it: a worker that is built later is another entry. */
function keyOf({ version }: Search): string {
  return cacheKey(version, platform, 'prebuilt');
}

/** mediasoup's prebuilt worker, when one was downloaded before. */
export async function findPrebuilt(search: Search): Promise<Binary | undefined> {
  return findKept(search, keyOf(search));
}

/**
 * Downloads mediasoup's prebuilt worker, has it pass its test and keeps it. Lock holder only.
 *
 * @throws {WorkerUnavailableError} when there is none to be had.
 */
export async function makePrebuilt(search: Search): Promise<Binary> {
  const { version, env, log, signal } = search;
  const url = prebuiltUrl(version, platform, env);

  try {
    return await makeEntry(search, keyOf(search), async (dir) => {
      log(`downloading mediasoup-worker ${version} from ${url}`);
      const path = await downloadWorker(url, dir, platform, signal);
      const reason = await whyNotStarting(path, signal);

      if (reason !== undefined) {
        throw new DownloadError(`it does not start here: ${reason}`);
      }
      log(`testing the downloaded ${executable} with a WebRTC peer`);
      await selfTest(path, { env, signal });
      await writeManifest(dir, { mediasoup: version, features: [], origin: 'download' });

      return [];
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof DownloadError || isFailedTest(error))) {
      throw error;
    }
    throw new WorkerUnavailableError(
      'WORKER_PREBUILT_UNAVAILABLE',
      `No prebuilt mediasoup-worker: ${reasonOf(error)}`,
      `See that ${url} can be fetched, or have a worker built.`,
      { cause: error },
    );
  }
}

function isFailedTest(error: unknown): boolean {
  return error instanceof WorkerUnavailableError && error.code === 'WORKER_TEST_FAILED';
}
