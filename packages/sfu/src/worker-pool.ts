import { EventEmitter } from 'node:events';
import { SpillwayError } from '@spillway/protocol';
import type { WorkerLogLevel } from 'mediasoup/types';
import { type ListenOptions, listenInfos } from './listen.ts';
import { MediaWorker } from './media-worker.ts';
import type { WorkerTuning } from './worker-tuning.ts';

export interface WorkerPoolOptions {
  /** Number of workers, at least 1. */
  readonly count: number;
  readonly workerBin: string;
  /** Addresses of this machine on which the media ports listen. */
  readonly addresses: readonly string[];
  readonly listen: ListenOptions;
  readonly logLevel?: WorkerLogLevel;
  readonly tuning?: WorkerTuning;
}

export type WorkerPoolEvents = {
  died: [worker: MediaWorker, reason: string];
  up: [worker: MediaWorker];
  restartfailed: [worker: MediaWorker, reason: string];
};

/** The workers of this machine. */
export class WorkerPool extends EventEmitter<WorkerPoolEvents> {
  readonly workers: readonly MediaWorker[];

  /** @throws when one of the workers does not start; those that did are closed */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const { count, workerBin, addresses, listen, logLevel, tuning } = options;
    const started = await Promise.allSettled(
      Array.from({ length: count }, (_, index) =>
        MediaWorker.create({
          index,
          workerBin,
          listenInfos: listenInfos(addresses, listen, index),
          ...(logLevel ? { logLevel } : {}),
          ...(tuning ? { tuning } : {}),
        }),
      ),
    );
    const workers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = started.find((result) => result.status === 'rejected');
    if (failure) {
      for (const worker of workers) worker.close();
      throw failure.reason;
    }
    return new WorkerPool(workers);
  }

  private constructor(workers: readonly MediaWorker[]) {
    super();
    this.workers = workers;
    // Every waiting room listens for the next worker.
    this.setMaxListeners(0);
    for (const worker of workers) {
      worker.on('died', (reason) => this.emit('died', worker, reason));
      worker.on('up', () => this.emit('up', worker));
      worker.on('restartfailed', (reason) => this.emit('restartfailed', worker, reason));
    }
  }

  /** Workers whose process is ready. */
  get up(): MediaWorker[] {
    return this.workers.filter((worker) => worker.up);
  }

  /**
   * Waits until a worker is up.
   *
   * @throws {SpillwayError} `unavailable` when the signal aborts first
   */
  async whenUp(signal: AbortSignal): Promise<void> {
    if (this.up.length > 0) return;
    if (signal.aborted) throw new SpillwayError('unavailable', 'no media worker is up');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => reject(new SpillwayError('unavailable', 'no media worker is up'));
    const onUp = () => resolve();
    this.once('up', onUp);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      this.off('up', onUp);
      signal.removeEventListener('abort', onAbort);
    }
  }

  close(): void {
    for (const worker of this.workers) worker.close();
  }
}
