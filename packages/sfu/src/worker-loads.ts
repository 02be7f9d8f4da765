import type { WorkerLoad } from './placement.ts';

/**
 * The part of a new measurement that counts: a worker's CPU over one second says little alone. What is given to a worker
 * counts as expected load until it shows in the measurements, by the same part each time.
 */
const SMOOTHING = 0.5;

interface Entry {
  /** Smoothed CPU. Cores. */
  measured: number;
  /** Load that was given or taken and does not show in `measured` yet. Cores. */
  expected: number;
  rooms: number;
  edges: number;
  viewers: number;
}

/** What each worker carries: measured now and then, and kept up to date in between by what comes and goes. */
export class WorkerLoads {
  readonly #entries: readonly Entry[];

  /** @param workers number of workers; their indexes count from 0 */
  constructor(workers: number) {
    this.#entries = Array.from({ length: workers }, () => ({
      measured: 0,
      expected: 0,
      rooms: 0,
      edges: 0,
      viewers: 0,
    }));
  }

  /** All workers, by index. */
  get all(): WorkerLoad[] {
    return this.#entries.map(({ measured, expected, ...counts }, index) => ({
      index,
      load: Math.max(0, measured + expected),
      ...counts,
    }));
  }

  /** Takes a measurement of a worker's CPU. Cores. */
  measure(index: number, cores: number): void {
    const entry = this.#entry(index);
    entry.measured += SMOOTHING * (cores - entry.measured);
    entry.expected *= 1 - SMOOTHING;
  }

  /** A new process does nothing yet. */
  restart(index: number): void {
    const entry = this.#entry(index);
    entry.measured = 0;
    entry.expected = 0;
  }

  /** Counts a room's origin until the function returned is called, which is idempotent. */
  addRoom(index: number): () => void {
    const entry = this.#entry(index);
    entry.rooms += 1;
    return once(() => {
      entry.rooms -= 1;
    });
  }

  /** Counts an edge until the function returned is called, which is idempotent. */
  addEdge(index: number): () => void {
    const entry = this.#entry(index);
    entry.edges += 1;
    return once(() => {
      entry.edges -= 1;
    });
  }

  /**
   * Counts a viewer until the function returned is called, which is idempotent.
   *
   * @param cores what the viewer is expected to cost
   */
  addViewer(index: number, cores: number): () => void {
    const entry = this.#entry(index);
    entry.viewers += 1;
    entry.expected += cores;
    return once(() => {
      entry.viewers -= 1;
      entry.expected -= cores;
    });
  }

  #entry(index: number): Entry {
    const entry = this.#entries[index];
    if (!entry) throw new RangeError(`there is no worker ${index}`);
    return entry;
  }
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
