import { joinRate } from './join-queue-rate.ts';

/** The part of a new measurement that counts: half, for joins as for the load of workers, so that they are of the same time. */
const SMOOTHING = 0.5;

/** How fast joins may be, kept in step with the measured load. */
export class JoinPace {
  readonly #limit: number;
  #rate = joinRate({ workers: [0], node: 0, joinsPerSecond: 0 });
  #node = 0;
  #joinsPerSecond = 0;
  #joins = 0;

  /** @param limit joins a second at most. Default: as many as the load allows */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** Joins a second that can be carried now. */
  get perSecond(): number {
    return Math.min(this.#limit, this.#rate);
  }

  /** One was let in. */
  count(): void {
    this.#joins += 1;
  }

  /**
   * Takes a measurement, as one is made every second or so.
   *
   * @param workers load of each worker that is up, smoothed. Cores
   * @param node share of the time for which Node's event loop was busy since the last one. 0 to 1
   * @param seconds since the last one
   */
  measure(workers: readonly number[], node: number, seconds: number): void {
    this.#node += SMOOTHING * (node - this.#node);
    this.#joinsPerSecond += SMOOTHING * (this.#joins / seconds - this.#joinsPerSecond);
    this.#joins = 0;
    const rate = joinRate({ workers, node: this.#node, joinsPerSecond: this.#joinsPerSecond });
    this.#rate += (rate - this.#rate) / 2;
  }
}
