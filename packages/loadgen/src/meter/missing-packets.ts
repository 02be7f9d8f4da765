/** How often a packet is asked for in all. */
const ATTEMPTS = 10;
/** From one request for a packet to the next. Microseconds. */
const INTERVAL = 40_000;
/** Packets that are asked for at the same time; in a larger hole, the latest ones. */
const MAX_MISSING = 500;

interface Missing {
  attempts: number;
  /** When it is asked for again, in microseconds. */
  due: number;
}

/** The packets of a stream that are asked for, by their extended sequence numbers. */
export class MissingPackets {
  readonly #missing = new Map<number, Missing>();

  get size(): number {
    return this.#missing.size;
  }

  /** Packets from `from` up to but without `to` did not come in their turn. */
  add(from: number, to: number): void {
    for (let number = Math.max(from, to - MAX_MISSING); number < to; number += 1) {
      this.#missing.set(number, { attempts: 0, due: 0 });
    }
    for (const number of this.#missing.keys()) {
      if (this.#missing.size <= MAX_MISSING) break;
      this.#missing.delete(number);
    }
  }

  /** A packet has come after all. */
  delete(number: number): void {
    this.#missing.delete(number);
  }

  /** Those that are to be asked for now. Those that were asked for often enough are given up. */
  take(now: number): number[] {
    const due: number[] = [];
    for (const [number, missing] of this.#missing) {
      if (missing.due > now) continue;
      if (missing.attempts === ATTEMPTS) {
        this.#missing.delete(number);
        continue;
      }
      missing.attempts += 1;
      missing.due = now + INTERVAL;
      due.push(number);
    }
    return due;
  }
}
