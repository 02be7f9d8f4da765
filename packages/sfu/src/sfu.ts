import { EventEmitter } from 'node:events';
import type { WorkerInfo } from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { WorkerLogLevel } from 'mediasoup/types';
import { JoinQueue } from './join-queue.ts';
import { JoinPace } from './join-queue-pace.ts';
import type { ListenOptions } from './listen.ts';
import { LoadMeter } from './load-meter.ts';
import type { MediaWorker } from './media-worker.ts';
import { byLoad, type Placement, type WorkerLoad } from './placement.ts';
import { LocalRoomRegistry, type RoomRegistry } from './registry.ts';
import { Room, type RoomHost, type RoomLimits } from './room.ts';
import type { Seat } from './seat.ts';
import { WorkerLoads } from './worker-loads.ts';
import { WorkerPool } from './worker-pool.ts';
import type { WorkerTuning } from './worker-tuning.ts';

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
  /** What the workers can do, and how much of it is wanted. Default: what the environment says, and no features known. */
  readonly tuning?: WorkerTuning;
  /** How rooms and viewers find their workers. Default: by load. */
  readonly placement?: Placement;
  /** How fast viewers are let in. Default: as fast as the load allows, and after a wait of 5 s at most. */
  readonly joins?: {
    /** Joins a second at most. Default: as many as the load allows. */
    readonly perSecond?: number;
    /** Who would have to wait for longer is told when to come back. Seconds. */
    readonly maxWaitSeconds: number;
  };
}

export type SfuEvents = {
  room: [room: Room];
  workerdied: [worker: MediaWorker, reason: string];
  workerup: [worker: MediaWorker];
  workerrestartfailed: [worker: MediaWorker, reason: string];
};

/** Default of {@link SfuOptions.joins}. */
const MAX_WAIT_SECONDS = 5;

/** The SFU: workers and the rooms on them. */
export class Sfu extends EventEmitter<SfuEvents> {
  readonly #options: SfuOptions;
  readonly #pool: WorkerPool;
  readonly #rooms: RoomRegistry = new LocalRoomRegistry();
  readonly #placement: Placement;
  readonly #loads: WorkerLoads;
  readonly #meter: LoadMeter;
  /** Those who join, and those who wait for that. */
  readonly joins: JoinQueue;
  readonly #pace: JoinPace;
  #loopUse = performance.eventLoopUtilization();
  #viewers = 0;
  readonly #closing = new AbortController();
  readonly #creating = new Set<string>();

  /** @throws when a worker does not start */
  static async create(options: SfuOptions): Promise<Sfu> {
    const { workers, workerBin, addresses, listen, workerLogLevel, tuning } = options;
    const pool = await WorkerPool.create({
      count: workers,
      workerBin,
      addresses,
      listen,
      ...(workerLogLevel ? { logLevel: workerLogLevel } : {}),
      ...(tuning ? { tuning } : {}),
    });
    return new Sfu(options, pool);
  }

  private constructor(options: SfuOptions, pool: WorkerPool) {
    super();
    this.#options = options;
    this.#pool = pool;
    this.#placement = options.placement ?? byLoad();
    this.#loads = new WorkerLoads(pool.workers.length);
    this.#meter = new LoadMeter(
      pool.workers,
      () => this.#rooms.list(),
      this.#loads,
      () => this.#paceJoins(),
    );
    const { perSecond, maxWaitSeconds = MAX_WAIT_SECONDS } = options.joins ?? {};
    this.#pace = new JoinPace(perSecond);
    this.joins = new JoinQueue({ ratePerSecond: () => this.#pace.perSecond, maxWaitSeconds });
    this.joins.on('turn', () => this.#pace.count());
    pool.on('died', ({ index }) => this.#loads.restart(index));
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

  /** Viewers of all rooms. */
  get viewerCount(): number {
    return this.#viewers;
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
      const room = await Room.create(name, this.#options.rooms, this.#hostOf(name));
      this.#rooms.add(room);
      this.#countViewers(room);
      room.once('closed', () => this.#rooms.remove(name));
      this.emit('room', room);
      return room;
    } finally {
      this.#creating.delete(name);
    }
  }

  /** What the workers that are up carry. */
  get loads(): WorkerLoad[] {
    const { workers } = this.#pool;
    return this.#loads.all.filter(({ index }) => workers[index]?.up);
  }

  /** The state of every worker, by index. */
  describeWorkers(): WorkerInfo[] {
    const loads = this.#loads.all;
    return this.#pool.workers.map((worker) => {
      const { load = 0, rooms = 0, edges = 0, viewers = 0 } = loads[worker.index] ?? {};
      return {
        index: worker.index,
        state: worker.up ? 'up' : 'restarting',
        ...(worker.pid ? { pid: worker.pid } : {}),
        load: Math.round(load * 1000) / 1000,
        ...{ rooms, edges, viewers },
        restarts: worker.restarts,
        mediaPort: worker.mediaPort,
        features: worker.features,
      };
    });
  }

  /** Idempotent. Ends all rooms, then the workers. */
  close(reason = 'the server is stopping'): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#meter.close();
    for (const room of [...this.#rooms.list()]) room.close(reason);
    this.joins.close();
    this.#pool.close();
  }

  #countViewers(room: Room): void {
    let counted = 0;
    const count = (viewers: number) => {
      this.#viewers += viewers - counted;
      counted = viewers;
    };
    room.on('viewers', count);
    room.once('closed', () => count(0));
  }

  #paceJoins(): void {
    const use = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(use, this.#loopUse);
    this.#loopUse = use;
    const loads = this.loads.map(({ load }) => load);
    this.#pace.measure(loads, utilization, (active + idle) / 1000);
  }

  #hostOf(name: string): RoomHost {
    return {
      takeTurn: (wish) => this.joins.enter(wish),
      findOrigin: (giveUp) => this.#findOrigin(giveUp),
      findPlace: (places) => {
        const viewerLoad = this.#meter.viewerLoad(name);
        const workerIndex = this.#placement.forViewer(this.loads, { ...places, viewerLoad });
        if (workerIndex === undefined) throw new SpillwayError('unavailable', 'no media worker is up');
        return { workerIndex, leave: this.#loads.addViewer(workerIndex, viewerLoad) };
      },
      createSeat: async (workerIndex) => {
        const worker = this.#pool.workers[workerIndex];
        if (!worker) throw new RangeError(`there is no worker ${workerIndex}`);
        const seat = await worker.createSeat();
        return countUntilClosed(seat, this.#loads.addEdge(workerIndex));
      },
    };
  }

  async #findOrigin(giveUp: AbortSignal): Promise<Seat> {
    const signal = AbortSignal.any([this.#closing.signal, giveUp]);
    for (;;) {
      await this.#pool.whenUp(signal);
      const index = this.#placement.forOrigin(this.loads);
      const worker = this.#pool.workers.find((candidate) => candidate.index === index);
      if (!worker) throw new SpillwayError('unavailable', 'no media worker takes another room');
      // Counted before it is there: many rooms are made at once.
      const leave = this.#loads.addRoom(worker.index);
      try {
        return countUntilClosed(await worker.createSeat(), leave);
      } catch (error) {
        leave();
        // It died while it was asked: look for another.
        if (worker.up || signal.aborted) throw error;
      }
    }
  }
}

function countUntilClosed(seat: Seat, leave: () => void): Seat {
  seat.router.observer.once('close', leave);
  return seat;
}
