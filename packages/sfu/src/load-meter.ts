import { forEachOf } from './for-each-of.ts';
import type { MediaWorker } from './media-worker.ts';
import type { Room } from './room.ts';
import { ViewerCost } from './viewer-cost.ts';
import type { WorkerLoads } from './worker-loads.ts';

/** Between two looks at the CPU of the workers. Milliseconds. */
const INTERVAL = 1000;

/** Rooms whose packets are counted in one look; with more, each is counted in its turn. */
const ROOMS_A_LOOK = 32;

interface CpuTime {
  readonly pid: number | undefined;
  /** Seconds that the process has used. */
  readonly cpu: number;
  /** Seconds of a steady clock. */
  readonly at: number;
}

/** Measures what the workers carry: their CPU, and the packets of rooms that are watched. */
export class LoadMeter {
  readonly #workers: readonly MediaWorker[];
  readonly #rooms: () => Iterable<Room>;
  readonly #loads: WorkerLoads;
  readonly #cost = new ViewerCost();
  readonly #looked: () => void;
  readonly #last = new Map<MediaWorker, CpuTime>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;
  #looking = false;

  /** @param looked called after each look */
  constructor(
    workers: readonly MediaWorker[],
    rooms: () => Iterable<Room>,
    loads: WorkerLoads,
    looked: () => void,
  ) {
    this.#workers = workers;
    this.#rooms = rooms;
    this.#loads = loads;
    this.#looked = looked;
    this.#timer = setInterval(() => void this.#look(), INTERVAL);
  }

  /** What a further viewer of a room is expected to cost. Cores. */
  viewerLoad(room: string): number {
    return this.#cost.ofViewer(room);
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    // A worker that is slow to answer is asked one thing at a time.
    if (this.#looking) return;
    this.#looking = true;
    const cores = await Promise.all(this.#workers.map((worker) => this.#measure(worker)));
    await this.#countPackets();
    this.#cost.learn(cores.reduce((sum, each) => sum + each, 0));
    this.#looking = false;
    this.#looked();
  }

  /** The CPU that a worker has used since the look before. Cores. */
  async #measure(worker: MediaWorker): Promise<number> {
    const usage = await worker.resourceUsage();
    if (!usage) return 0;
    // mediasoup reports milliseconds.
    const now = {
      pid: worker.pid,
      cpu: (usage.ru_utime + usage.ru_stime) / 1000,
      at: performance.now() / 1000,
    };
    const last = this.#last.get(worker);
    this.#last.set(worker, now);
    if (!last || last.pid !== now.pid || now.at <= last.at) return 0;
    const cores = (now.cpu - last.cpu) / (now.at - last.at);
    this.#loads.measure(worker.index, cores);
    return cores;
  }

  async #countPackets(): Promise<void> {
    const watched = [...this.#rooms()].filter(({ broadcast, viewers }) => broadcast && viewers.size > 0);
    this.#cost.keepOnly(watched.map(({ name, viewers }) => [name, viewers.size]));
    const first = watched.length > ROOMS_A_LOOK ? this.#turn % watched.length : 0;
    const turn = [...watched.slice(first), ...watched.slice(0, first)].slice(0, ROOMS_A_LOOK);
    this.#turn = first + ROOMS_A_LOOK;
    await forEachOf(turn, async (room) => {
      const packets = await packetsOf(room).catch(() => undefined);
      if (packets !== undefined) this.#cost.count(room.name, packets, performance.now() / 1000);
    });
  }
}

/** What a viewer of all layers would be sent, from the producers' beginnings on; of simulcast, its highest layer. */
async function packetsOf({ broadcast }: Room): Promise<number> {
  const counts = [...(broadcast?.tracks.values() ?? [])].map(async ({ producer }) => {
    const stats = await producer.getStats();
    return Math.max(0, ...stats.map(({ packetCount }) => packetCount));
  });
  return (await Promise.all(counts)).reduce((sum, packets) => sum + packets, 0);
}
