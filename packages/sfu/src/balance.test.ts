import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byLoad as createByLoad } from './placement.ts';
import { WorkerLoads } from './worker-loads.ts';

const byLoad = createByLoad();

/** What the simulated room is like. */
interface SimulatedRoom {
  readonly origin: number;
  /** What a viewer costs in truth. Cores. */
  readonly cost: number;
  /** Viewers by worker. */
  readonly viewers: number[];
}

/** Workers whose CPU is the sum of what was given to them, measured once a second with errors. */
class Simulation {
  readonly workers: number;
  readonly rooms: SimulatedRoom[] = [];
  readonly #loads: WorkerLoads;
  readonly #seats: { room: SimulatedRoom; index: number; leave: () => void }[] = [];
  readonly #random: () => number;

  constructor(workers: number, random: () => number) {
    this.workers = workers;
    this.#loads = new WorkerLoads(workers);
    this.#random = random;
  }

  /** A room with some viewers, whose cost is not known well. */
  open(cost: number, viewers = 0): SimulatedRoom {
    const origin = byLoad.forOrigin(this.#loads.all) ?? -1;
    this.#loads.addRoom(origin);
    const room = { origin, cost, viewers: Array.from({ length: this.workers }, () => 0) };
    this.rooms.push(room);
    this.join(room, viewers);
    return room;
  }

  join(room: SimulatedRoom, viewers: number): void {
    for (let n = 0; n < viewers; n += 1) {
      const edges = new Set(room.viewers.flatMap((count, at) => (count > 0 && at !== room.origin ? at : [])));
      const viewerLoad = room.cost * (0.7 + 0.6 * this.#random());
      const index = byLoad.forViewer(this.#loads.all, { origin: room.origin, edges, viewerLoad }) ?? -1;
      room.viewers[index] = (room.viewers[index] ?? 0) + 1;
      this.#seats.push({ room, index, leave: this.#loads.addViewer(index, viewerLoad) });
    }
  }

  /** Lets some of all viewers go, whoever they are. */
  part(share: number): void {
    for (let n = Math.floor(this.#seats.length * share); n > 0; n -= 1) {
      const at = Math.floor(this.#random() * this.#seats.length);
      const [seat] = this.#seats.splice(at, 1);
      if (!seat) return;
      seat.leave();
      seat.room.viewers[seat.index] = (seat.room.viewers[seat.index] ?? 0) - 1;
    }
  }

  measure(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      for (const [index, load] of this.truth().entries()) {
        this.#loads.measure(index, Math.max(0, load * (0.95 + 0.1 * this.#random())));
      }
    }
  }

  /** All CPU together, without the pipes. */
  get total(): number {
    return this.#seats.reduce((sum, { room }) => sum + room.cost, 0);
  }

  /** The CPU of each worker, pipes included: half of what a viewer costs at either end. */
  truth(): number[] {
    return Array.from({ length: this.workers }, (_, index) =>
      this.rooms.reduce((sum, { origin, cost, viewers }) => {
        const edges = viewers.filter((count, at) => count > 0 && at !== origin).length;
        const pipes = index === origin ? edges : viewers[index] ? 1 : 0;
        return sum + cost * ((viewers[index] ?? 0) + 0.5 * pipes);
      }, 0),
    );
  }
}

/** How far the busiest and the idlest worker are from the mean, as a part of it. */
function imbalance(loads: readonly number[]): number {
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  return Math.max(...loads.map((load) => Math.abs(load - mean))) / mean;
}

/** Numbers that look random (mulberry32), the same for a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 1.5 Mbps at 8 us a packet. */
const COST = 0.0013;

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const workerCounts = fc.integer({ min: 2, max: 16 });
const runs = { numRuns: 30 };

describe('busy workers are loaded alike, within 10 %', () => {
  it('by one giant room that comes second by second', () => {
    fc.assert(
      fc.property(seeds, workerCounts, (seed, workers) => {
        const simulation = new Simulation(workers, randomOf(seed));
        const room = simulation.open(COST);
        const batch = Math.ceil((0.7 * workers) / COST / 20);
        for (let second = 0; second < 20; second += 1) {
          simulation.join(room, batch);
          simulation.measure(1);
        }
        expect(imbalance(simulation.truth())).toBeLessThan(0.1);
      }),
      runs,
    );
  });

  it('by one giant room that comes at once, between two measurements', () => {
    fc.assert(
      fc.property(seeds, workerCounts, (seed, workers) => {
        const simulation = new Simulation(workers, randomOf(seed));
        simulation.join(simulation.open(COST), Math.ceil((0.7 * workers) / COST));
        expect(imbalance(simulation.truth())).toBeLessThan(0.1);
      }),
      runs,
    );
  });

  it('by many small rooms, of very different sizes', () => {
    fc.assert(
      fc.property(seeds, workerCounts, (seed, workers) => {
        const random = randomOf(seed);
        const simulation = new Simulation(workers, random);
        const cost = () => COST * (0.5 + random());
        while (simulation.total < 0.7 * workers) {
          simulation.open(cost(), Math.floor(12 * random()));
          if (random() < 0.1) simulation.measure(1);
        }
        expect(imbalance(simulation.truth())).toBeLessThan(0.1);
      }),
      runs,
    );
  });

  it('by a giant room among many small ones that come and go', () => {
    fc.assert(
      fc.property(seeds, workerCounts, (seed, workers) => {
        const random = randomOf(seed);
        const simulation = new Simulation(workers, random);
        const giant = simulation.open(COST);
        while (simulation.total < 0.7 * workers) {
          simulation.open(COST, Math.floor(10 * random()));
          simulation.join(giant, Math.floor(60 * random()));
          if (random() < 0.3) simulation.part(0.005);
          if (random() < 0.3) simulation.measure(1);
        }
        expect(imbalance(simulation.truth())).toBeLessThan(0.1);
      }),
      runs,
    );
  });
});

it('keeps a room that fits on its origin, and goes back there', () => {
  const simulation = new Simulation(4, randomOf(7));
  const room = simulation.open(COST, 100);
  simulation.measure(5);
  expect(room.viewers.filter((count) => count > 0)).toHaveLength(1);
  simulation.join(room, 600);
  simulation.measure(5);
  expect(room.viewers.filter((count) => count > 0).length).toBeGreaterThan(1);
  simulation.part(1);
  simulation.measure(10);
  simulation.join(room, 100);
  expect(room.viewers[room.origin]).toBe(100);
});
