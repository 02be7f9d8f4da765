import { EventEmitter } from 'node:events';
import { SpillwayError } from '@spillway/protocol';
import type { Seat } from './seat.ts';

export type OriginEvents = {
  /** Its worker has died, and the transports there with it. */
  lost: [workerIndex: number];
  /** It has a place again, on a worker that is up. */
  moved: [];
  /** It will have no place any more. */
  failed: [reason: string];
};

/**
 * Makes a router for an origin; waits until a worker is up.
 *
 * @throws {SpillwayError} `unavailable` when told to give up first
 */
export type FindOrigin = (giveUp: AbortSignal) => Promise<Seat>;

/** How long a new room waits for a worker to come up. Milliseconds. */
const FIRST_LIMIT = 30_000;

/** The router that holds a room's producers. When its worker dies it gets another, however long that takes. */
export class Origin extends EventEmitter<OriginEvents> {
  readonly #find: FindOrigin;
  readonly #closing = new AbortController();
  #seat: Promise<Seat>;
  #workerIndex: number | undefined;

  constructor(find: FindOrigin) {
    super();
    this.#find = find;
    this.#seat = this.#take(AbortSignal.timeout(FIRST_LIMIT));
  }

  /** Its present place, or the one that it waits for. Rejects when the first does not come in time, and after `close()`. */
  get seat(): Promise<Seat> {
    return this.#seat;
  }

  /** Index of its worker; undefined while it waits for one. */
  get workerIndex(): number | undefined {
    return this.#workerIndex;
  }

  /** Idempotent. Takes the router along. */
  close(): void {
    this.#closing.abort();
    this.#seat.then(
      ({ router }) => router.close(),
      () => {},
    );
  }

  async #take(giveUp: AbortSignal): Promise<Seat> {
    const seat = await this.#find(AbortSignal.any([giveUp, this.#closing.signal]));
    if (this.#closing.signal.aborted) {
      seat.router.close();
      throw new SpillwayError('not-found', 'the room is gone');
    }
    const { workerIndex } = seat;
    this.#workerIndex = workerIndex;
    seat.router.once('workerclose', () => void this.#move(workerIndex));
    return seat;
  }

  async #move(deadIndex: number): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#workerIndex = undefined;
    this.#seat = this.#take(this.#closing.signal);
    this.emit('lost', deadIndex);
    try {
      await this.#seat;
    } catch (error) {
      // Only its own end, or a fault that would come again, keeps it from a place.
      if (!this.#closing.signal.aborted) this.emit('failed', String(error));
      return;
    }
    this.emit('moved');
  }
}
