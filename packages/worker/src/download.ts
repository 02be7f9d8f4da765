import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar';
import { reasonOf } from './errors.ts';
import { executableName, type Platform } from './platform.ts';

/** Where mediasoup publishes its prebuilt workers. */
const RELEASES = 'https://github.com/versatica/mediasoup/releases/download';

/** Bounds of a download. */
export interface DownloadLimits {
  /** Milliseconds until the server's answer begins. Default 10,000. */
  readonly connect: number;
  /** Milliseconds without any data. Default 10,000. */
  readonly stall: number;
  /** Bytes, both as sent and unpacked. Default 64 MiB; a worker has about 15 MB. */
  readonly size: number;
}

export const defaultLimits: DownloadLimits = { connect: 10_000, stall: 10_000, size: 64 * 2 ** 20 };

/** A prebuilt worker that could not be had. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

/**
 * The address of mediasoup's prebuilt worker, named as in its npm-scripts.mjs.
 *
 * @param env its `MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL` names a mirror, as for mediasoup's own installer.
 */
export function prebuiltUrl(version: string, platform: Platform, env: NodeJS.ProcessEnv): string {
  const base = (env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || RELEASES).replace(/\/+$/, '');
  const kernel = platform.os === 'linux' ? `-kernel${platform.kernelMajor}` : '';

  return `${base}/${version}/mediasoup-worker-${version}-${platform.os}-${platform.arch}${kernel}.tgz`;
}

/** Aborts a download when it has not been fed for a while, or when told to. */
class Watchdog {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  feed(ms: number, complaint: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(new DownloadError(complaint)), ms);
  }

  /** The first reason counts. Nothing happens to what has ended already. */
  end(reason?: unknown): void {
    clearTimeout(this.#timer);
    this.#controller.abort(reason);
  }
}

/** Fails when more than the given bytes pass. */
function bounded(limit: number, onData: () => void): Transform {
  let total = 0;

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      onData();
      done(total > limit ? new DownloadError(`more than ${limit} bytes`) : null, chunk);
    },
  });
}

/** Writes the executable, which must be all that a gzipped tar stream holds, to a file. */
async function unpack(archive: Readable, name: string, file: string, limit: number): Promise<void> {
  const parser = new Parser({ strict: true });
  let writing: Promise<void> | undefined;
  const finished = new Promise<void>((resolve, reject) => {
    parser.on('error', reject);
    parser.on('end', resolve);
    parser.on('entry', (entry) => {
      if (entry.type !== 'File' || entry.path.replace(/^\.\//, '') !== name || writing !== undefined) {
        reject(new DownloadError(`the archive holds something other than ${name}`));
        entry.resume();
      } else if (entry.size > limit) {
        reject(new DownloadError(`it unpacks to more than ${limit} bytes`));
        entry.resume();
      } else {
        writing = pipeline(Readable.from(entry), createWriteStream(file, { mode: 0o600 }));
        writing.catch(reject);
      }
    });
  });
  const feeding = (async () => {
    for await (const chunk of archive) {
      if (!parser.write(chunk)) {
        await once(parser, 'drain');
      }
    }
    parser.end();
  })();

  await Promise.all([feeding, finished]);
  if (writing === undefined) {
    throw new DownloadError(`the archive has no ${name}`);
  }
  await writing;
}

/**
 * Downloads a prebuilt worker into a folder. The file is not to be trusted to start before it has been tried.
 *
 * @throws {DownloadError} when it cannot be had, is damaged or exceeds a limit.
 * @throws the signal's reason when aborted.
 */
export async function downloadWorker(
  url: string,
  dir: string,
  platform: Platform,
  signal?: AbortSignal,
  limits: DownloadLimits = defaultLimits,
): Promise<string> {
  const name = executableName(platform);
  const file = join(dir, name);
  const watchdog = new Watchdog();
  const either = signal ? AbortSignal.any([signal, watchdog.signal]) : watchdog.signal;

  try {
    watchdog.feed(limits.connect, `no answer within ${limits.connect} ms`);
    const response = await fetch(url, { signal: either });

    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new DownloadError(
        response.status === 404
          ? 'there is none for this platform'
          : `the server answered ${response.status}`,
      );
    }

    const onData = () => watchdog.feed(limits.stall, `no data for ${limits.stall} ms`);
    const body = Readable.from(response.body);
    const archive = bounded(limits.size, onData);

    onData();
    await Promise.all([
      pipeline(body, archive, { signal: either }),
      unpack(archive, name, file, limits.size),
    ]);
    await chmod(file, 0o755);

    return file;
  } catch (error) {
    signal?.throwIfAborted();
    const reason: unknown = watchdog.signal.aborted ? watchdog.signal.reason : error;

    throw reason instanceof DownloadError ? reason : new DownloadError(reasonOf(reason));
  } finally {
    // Also closes the connection when the archive was refused half-way.
    watchdog.end();
  }
}
