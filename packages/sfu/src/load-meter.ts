import type { MediaWorker } from './media-worker.ts';
import type { Room } from './room.ts';
import { ViewerCost } from './viewer-cost.ts';
import type { WorkerLoads } from './worker-loads.ts';

/** Between two looks at the CPU of the workers. Milliseconds. */
const INTERVAL = 1000;

/** Rooms whose packets are counted in one look; with more, each is counted in its turn. */
const ROOMS_A_LOOK = 32;

/** Load of a worker that does not answer from one look to the next. Cores. */
const NO_ANSWER = 1;

interface Measurement {
  readonly pid: number | undefined;
  /** Seconds that the process has used. */
  readonly cpu: number;
  /** Seconds of a steady clock. */
  readonly at: number;
  /** CPU since the measurement before. Cores. */
  readonly cores: number;
}

/** Measures what the workers carry: their CPU, and the packets of rooms that are watched. */
export class LoadMeter {
  readonly #workers: readonly MediaWorker[];
  readonly #rooms: () => Iterable<Room>;
  readonly #loads: WorkerLoads;
  readonly #cost = new ViewerCost();
  readonly #looked: () => void;
  readonly #last = new Map<MediaWorker, Measurement>();
  /** What was asked and is not answered yet: nothing waits for a worker that hangs but what concerns it. */
  readonly #asked = new Set<MediaWorker | Room>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

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
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** What a further viewer of a room is expected to cost. Cores. */
  viewerLoad(room: string): number {
    return this.#cost.ofViewer(room);
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const worker of this.#workers) {
      const asks = this.#ask(worker, () => this.#measure(worker));
      if (!asks) this.#loads.measure(worker.index, NO_ANSWER);
    }
    this.#countPackets();
    this.#cost.learn(this.#last.values().reduce((sum, { cores }) => sum + cores, 0));
    this.#looked();
  }

  /** Asks unless it was asked already and has not answered; false then. */
  #ask(whom: MediaWorker | Room, question: () => Promise<void>): boolean {
    if (this.#asked.has(whom)) return false;
    this.#asked.add(whom);
    question()
      // What is gone meanwhile answers nothing.
      .catch(() => {})
      .finally(() => this.#asked.delete(whom));
    return true;
  }

  async #measure(worker: MediaWorker): Promise<void> {
    const usage = await worker.resourceUsage();
    if (!usage) {
      this.#last.delete(worker);
      return;
    }
    // mediasoup reports milliseconds.
    const cpu = (usage.ru_utime + usage.ru_stime) / 1000;
    const at = performance.now() / 1000;
    const { pid } = worker;
    const last = this.#last.get(worker);
    const follows = last !== undefined && last.pid === pid && at > last.at;
    const cores = follows ? (cpu - last.cpu) / (at - last.at) : 0;
    this.#last.set(worker, { pid, cpu, at, cores });
    if (follows) this.#loads.measure(worker.index, cores);
  }

  #countPackets(): void {
    const watched = [...this.#rooms()].filter(({ broadcast, viewers }) => broadcast && viewers.size > 0);
    this.#cost.keepOnly(watched.map(({ name, viewers }) => [name, viewers.size]));
    const first = watched.length > ROOMS_A_LOOK ? this.#turn % watched.length : 0;
    const turn = [...watched.slice(first), ...watched.slice(0, first)].slice(0, ROOMS_A_LOOK);
    this.#turn = first + ROOMS_A_LOOK;
    for (const room of turn) {
      this.#ask(room, async () => {
        const packets = await packetsOf(room);
        this.#cost.count(room.name, packets, performance.now() / 1000);
      });
    }
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
