import { EventEmitter } from 'node:events';
import { SpillwayError } from '@spillway/protocol';
import { createWorker } from 'mediasoup';
import type {
  RouterRtpCodecCapability,
  TransportListenInfo,
  WebRtcServer,
  Worker,
  WorkerLogLevel,
  WorkerResourceUsage,
} from 'mediasoup/types';
import { createBackoff } from './backoff.ts';
import { routerCodecs } from './codecs.ts';
import type { Seat } from './seat.ts';
import { withEnvironment } from './with-environment.ts';
import { readCounters, type WorkerCounters } from './worker-counters.ts';
import { featuresInUse, tuningVariables, type WorkerTuning } from './worker-tuning.ts';

export interface MediaWorkerOptions {
  /** Position among the workers, from 0. */
  readonly index: number;
  /** Path of the mediasoup-worker binary. */
  readonly workerBin: string;
  readonly listenInfos: TransportListenInfo[];
  /** What the worker process logs. Default `warn`. */
  readonly logLevel?: WorkerLogLevel;
  /** What the binary can do, and how much of it is wanted. Default: what the environment says, and no features known. */
  readonly tuning?: WorkerTuning;
}

export type MediaWorkerEvents = {
  /** The process has died; its routers are gone. It is being started again. */
  died: [reason: string];
  /** A new process is ready. */
  up: [];
  /** Starting again has failed; the next try comes after a longer pause. */
  restartfailed: [reason: string];
};

interface Running {
  readonly worker: Worker;
  readonly webRtcServer: WebRtcServer;
  readonly startedAt: number;
}

/**
 * mediasoup's Worker closes itself on SIGINT and SIGTERM, before the application could end its rooms in order. When to
 * end is the application's decision, so those listeners go.
 */
async function leavingSignalsAlone<T>(create: () => Promise<T>): Promise<T> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const created = await create();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.has(listener)) process.off(signal, listener);
    }
  }
  return created;
}

/**
 * A place for routers: one mediasoup worker process with its WebRtcServer. A process that dies is replaced, with
 * back-off, until {@link close}.
 */
export class MediaWorker extends EventEmitter<MediaWorkerEvents> {
  readonly index: number;
  readonly #options: MediaWorkerOptions;
  readonly #backoff = createBackoff();
  #running: Running | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #restarts = 0;
  #closed = false;

  /** @throws when the first process does not start (bad binary, port in use) */
  static async create(options: MediaWorkerOptions): Promise<MediaWorker> {
    const mediaWorker = new MediaWorker(options);
    await mediaWorker.#start();
    return mediaWorker;
  }

  private constructor(options: MediaWorkerOptions) {
    super();
    this.index = options.index;
    this.#options = options;
  }

  /** Whether a process is ready. */
  get up(): boolean {
    // mediasoup tells the routers of a dead worker first, then the worker's own listeners.
    return this.#running !== undefined && !this.#running.worker.closed;
  }

  /** Process id; undefined while it is being started again. */
  get pid(): number | undefined {
    return this.#running?.worker.pid;
  }

  /** How often the process was replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** First port of the WebRtcServer. */
  get mediaPort(): number {
    return this.#options.listenInfos[0]?.port ?? 0;
  }

  /** What the process can do beyond mediasoup's own worker, and does. */
  get features(): string[] {
    const { tuning } = this.#options;
    return tuning ? featuresInUse(tuning) : [];
  }

  /** CPU and memory of the process; undefined while it is being started again. */
  async resourceUsage(): Promise<WorkerResourceUsage | undefined> {
    return this.#running?.worker.getResourceUsage().catch(() => undefined);
  }

  /**
   * What the process has counted; undefined while it is being started again. The answer grows with what the worker holds,
   * so a worker that has nothing to count is not asked.
   */
  async counters(): Promise<WorkerCounters | undefined> {
    const { features = [] } = this.#options.tuning ?? {};
    if (features.length === 0) return {};
    const dump = await this.#running?.worker.dump().catch(() => undefined);
    return dump && readCounters(dump.channelMessageHandlers.channelNotificationHandlers, features);
  }

  /**
   * Makes a router for a room: its origin, or an edge.
   *
   * @throws {SpillwayError} `unavailable` while the process is being started again
   */
  async createSeat(): Promise<Seat> {
    if (!this.#running || !this.up) {
      throw new SpillwayError('unavailable', 'the media worker is being started again');
    }
    const { worker, webRtcServer } = this.#running;
    const createRouter = (codecs: readonly RouterRtpCodecCapability[]) =>
      worker.createRouter({ mediaCodecs: [...codecs] });
    const router = await createRouter(routerCodecs);
    return { router, webRtcServer, workerIndex: this.index, createRouter };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#restartTimer);
    this.#running?.worker.close();
    this.#running = undefined;
  }

  async #start(): Promise<void> {
    const { workerBin, logLevel = 'warn', tuning } = this.#options;
    const worker = await leavingSignalsAlone(() =>
      // It spawns the process before it first waits.
      withEnvironment(tuning ? tuningVariables(tuning) : {}, () => createWorker({ workerBin, logLevel })),
    );
    try {
      const webRtcServer = await worker.createWebRtcServer({ listenInfos: this.#options.listenInfos });
      if (this.#closed) {
        worker.close();
        return;
      }
      const running = { worker, webRtcServer, startedAt: Date.now() };
      worker.once('died', (error) => this.#handleDied(running, error));
      this.#running = running;
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  #handleDied(running: Running, error: Error): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#restartAfter(this.#backoff(Date.now() - running.startedAt));
    this.emit('died', error.message);
  }

  #restartAfter(delay: number): void {
    if (this.#closed) return;
    this.#restartTimer = setTimeout(async () => {
      try {
        await this.#start();
      } catch (error) {
        this.emit('restartfailed', error instanceof Error ? error.message : String(error));
        this.#restartAfter(this.#backoff(0));
        return;
      }
      if (this.#closed) return;
      this.#restarts += 1;
      this.emit('up');
    }, delay);
  }
}
