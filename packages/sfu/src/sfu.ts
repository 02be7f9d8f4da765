import { EventEmitter } from 'node:events';
import type { WorkerInfo } from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { WorkerLogLevel } from 'mediasoup/types';
import type { ListenOptions } from './listen.ts';
import type { MediaWorker } from './media-worker.ts';
import { leastLoaded, type Placement, type WorkerLoad } from './placement.ts';
import { LocalRoomRegistry, type RoomRegistry } from './registry.ts';
import { Room, type RoomLimits } from './room.ts';
import { WorkerPool } from './worker-pool.ts';

export interface SfuOptions {
  /** Path of the mediasoup-worker binary. */
  readonly workerBin: string;
  /** Number of workers, at least 1. */
  readonly workers: number;
  /** Addresses of this machine on which the media ports listen. */
  readonly addresses: readonly string[];
  readonly listen: ListenOptions;
  readonly rooms: RoomLimits;
  /** Rooms at most. */
  readonly maxRooms: number;
  /** What the worker processes log. Default `warn`. */
  readonly workerLogLevel?: WorkerLogLevel;
  /** How a room finds its worker. Default: the least loaded. */
  readonly placement?: Placement;
}

export type SfuEvents = {
  room: [room: Room];
  workerdied: [worker: MediaWorker, reason: string];
  workerup: [worker: MediaWorker];
  workerrestartfailed: [worker: MediaWorker, reason: string];
};

/** The SFU: workers and the rooms on them. */
export class Sfu extends EventEmitter<SfuEvents> {
  readonly #options: SfuOptions;
  readonly #pool: WorkerPool;
  readonly #rooms: RoomRegistry = new LocalRoomRegistry();
  readonly #placement: Placement;
  readonly #closing = new AbortController();
  readonly #creating = new Set<string>();

  /** @throws when a worker does not start */
  static async create(options: SfuOptions): Promise<Sfu> {
    const { workers, workerBin, addresses, listen, workerLogLevel } = options;
    const pool = await WorkerPool.create({
      count: workers,
      workerBin,
      addresses,
      listen,
      ...(workerLogLevel ? { logLevel: workerLogLevel } : {}),
    });
    return new Sfu(options, pool);
  }

  private constructor(options: SfuOptions, pool: WorkerPool) {
    super();
    this.#options = options;
    this.#pool = pool;
    this.#placement = options.placement ?? leastLoaded;
    pool.on('died', (worker, reason) => this.emit('workerdied', worker, reason));
    pool.on('up', (worker) => this.emit('workerup', worker));
    pool.on('restartfailed', (worker, reason) => this.emit('workerrestartfailed', worker, reason));
  }

  get rooms(): Iterable<Room> {
    return this.#rooms.list();
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  get viewerCount(): number {
    let count = 0;
    for (const room of this.#rooms.list()) count += room.viewers.size;
    return count;
  }

  get workers(): readonly MediaWorker[] {
    return this.#pool.workers;
  }

  getRoom(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /**
   * @throws {SpillwayError} `wrong-state` when the name is taken, `too-many` at the limit, `unavailable` without a worker
   */
  async createRoom(name: string): Promise<Room> {
    if (this.#rooms.get(name) || this.#creating.has(name)) {
      throw new SpillwayError('wrong-state', `room ${name} exists already`);
    }
    const { maxRooms } = this.#options;
    if (this.#rooms.size + this.#creating.size >= maxRooms) {
      throw new SpillwayError(
        'too-many',
        `there are ${maxRooms} rooms already; remove one or raise limits.maxRooms`,
      );
    }
    this.#creating.add(name);
    try {
      const room = await Room.create(name, this.#options.rooms, (giveUp) => this.#findSeat(giveUp));
      this.#rooms.add(room);
      room.once('closed', () => this.#rooms.remove(name));
      this.emit('room', room);
      return room;
    } finally {
      this.#creating.delete(name);
    }
  }

  /** The state of every worker, by index. */
  describeWorkers(): WorkerInfo[] {
    const loads = this.#loads();
    return this.#pool.workers.map((worker) => ({
      index: worker.index,
      state: worker.up ? 'up' : 'restarting',
      ...(worker.pid ? { pid: worker.pid } : {}),
      rooms: loads[worker.index]?.rooms ?? 0,
      viewers: loads[worker.index]?.viewers ?? 0,
      restarts: worker.restarts,
      mediaPort: worker.mediaPort,
    }));
  }

  /** Idempotent. Ends all rooms, then the workers. */
  close(reason = 'the server is stopping'): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    for (const room of [...this.#rooms.list()]) room.close(reason);
    this.#pool.close();
  }

  #loads(): WorkerLoad[] {
    const loads = this.#pool.workers.map(({ index }) => ({ index, rooms: 0, viewers: 0 }));
    for (const room of this.#rooms.list()) {
      const load = room.workerIndex === undefined ? undefined : loads[room.workerIndex];
      if (!load) continue;
      load.rooms += 1;
      load.viewers += room.viewers.size;
    }
    return loads;
  }

  async #findSeat(giveUp: AbortSignal) {
    const signal = AbortSignal.any([this.#closing.signal, giveUp]);
    for (;;) {
      await this.#pool.whenUp(signal);
      const up = new Set(this.#pool.up.map((worker) => worker.index));
      const index = this.#placement(this.#loads().filter((load) => up.has(load.index)));
      const worker = this.#pool.workers.find((candidate) => candidate.index === index);
      if (!worker) throw new SpillwayError('unavailable', 'no media worker takes another room');
      try {
        return { ...(await worker.createSeat()), workerIndex: worker.index };
      } catch (error) {
        // It died while it was asked: look for another.
        if (worker.up || signal.aborted) throw error;
      }
    }
  }
}
