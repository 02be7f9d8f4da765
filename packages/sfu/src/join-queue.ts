import { EventEmitter } from 'node:events';
import { SpillwayError } from '@spillway/protocol';
import { JoinGate } from './join-queue-gate.ts';
import { FairLine } from './join-queue-line.ts';
import { expectedWait, ReturnTimes } from './join-queue-wait.ts';

export interface JoinQueueOptions {
  /** Joins a second that can be carried now. Asked at each turn. */
  readonly ratePerSecond: () => number;
  /** Who would have to wait for longer is refused, if it asks for that. Seconds. */
  readonly maxWaitSeconds: number;
}

/** One who wants to join. */
export interface JoinWish {
  /** Who it is: clients take turns. Default: nobody in particular. */
  readonly client?: string | undefined;
  /** Whether it wants to be refused rather than wait for too long. Default false. */
  readonly bounded?: boolean;
  /** Aborted when it gives up. */
  readonly signal?: AbortSignal;
  /** Told its place, from 1: at most once a second, while it waits for longer than that. Must not throw. */
  readonly onPlace?: (place: number) => void;
}

export type JoinQueueEvents = {
  /** One was let in, after so many seconds. */
  turn: [waited: number];
  /** One was sent away, to come back after so many seconds. */
  refused: [retryAfter: number];
};

interface Waiter extends JoinWish {
  readonly since: number;
  toldAt: number;
  told: number | undefined;
  admit(): void;
  refuse(error: SpillwayError): void;
}

/** How often those who wait are looked at for whose turn it is. Milliseconds. */
const TICK = 10;

/** How often it is looked at who is to be told its place, or waits for too long. Seconds. */
const ROUND_SECONDS = 0.1;

/** Time between two words on a place. Seconds. */
const TELL_SECONDS = 1;

/** What a wait may take beyond its bound when joins have become slower meanwhile. Seconds. */
const PATIENCE_SECONDS = 2;

/**
 * Lets joins in as fast as they can be carried; those beyond wait for their turn. One timer for all, and none while nobody
 * waits.
 */
export class JoinQueue extends EventEmitter<JoinQueueEvents> {
  readonly #options: JoinQueueOptions;
  readonly #gate = new JoinGate(seconds());
  readonly #line = new FairLine<Waiter>();
  readonly #returns = new ReturnTimes();
  #timer: NodeJS.Timeout | undefined;
  #roundAt = 0;
  #closed = false;

  constructor(options: JoinQueueOptions) {
    super();
    this.#options = options;
  }

  /** Number of those who wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Waits for a turn.
   *
   * @throws {SpillwayError} `unavailable`: with `retryAfter` when the wait would be too long or has become so, without when
   * the caller gave up or the server stops
   */
  async enter(wish: JoinWish = {}): Promise<void> {
    if (this.#closed || wish.signal?.aborted) throw gone();
    const now = seconds();
    const perSecond = this.#options.ratePerSecond();
    if (this.#line.size === 0 && this.#gate.take(now, perSecond)) {
      this.emit('turn', 0);
      return;
    }
    if (wish.bounded) {
      const wait = expectedWait(this.#line.placeOfNext(wish.client), perSecond);
      if (wait > this.#options.maxWaitSeconds) throw this.#refusal(now, wait, perSecond);
    }
    await this.#wait(wish, now);
  }

  /** Idempotent. Those who wait are refused. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of [...this.#line]) {
      this.#line.delete(waiter);
      waiter.refuse(gone());
    }
    this.#stopWhenEmpty();
  }

  async #wait(wish: JoinWish, now: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      ...wish,
      ...{ since: now, toldAt: now, told: undefined },
      admit: resolve,
      refuse: reject,
    };
    const giveUp = () => {
      if (!this.#line.delete(waiter)) return;
      this.#stopWhenEmpty();
      reject(gone());
    };
    wish.signal?.addEventListener('abort', giveUp, { once: true });
    this.#line.add(waiter);
    this.#timer ??= setInterval(() => this.#tick(), TICK);
    try {
      await promise;
    } finally {
      wish.signal?.removeEventListener('abort', giveUp);
    }
  }

  #tick(): void {
    const now = seconds();
    const perSecond = this.#options.ratePerSecond();
    while (this.#line.size > 0 && this.#gate.take(now, perSecond)) {
      const waiter = this.#line.shift();
      if (!waiter) break;
      this.emit('turn', now - waiter.since);
      waiter.admit();
    }
    if (now - this.#roundAt >= ROUND_SECONDS) {
      this.#roundAt = now;
      this.#round(now, perSecond);
    }
    this.#stopWhenEmpty();
  }

  /** Tells places, and refuses those whose wait has become too long. */
  #round(now: number, perSecond: number): void {
    const longest = this.#options.maxWaitSeconds + PATIENCE_SECONDS;
    const late: [Waiter, place: number][] = [];
    let place = 0;
    for (const waiter of this.#line) {
      place += 1;
      if (waiter.bounded && now - waiter.since > longest) late.push([waiter, place]);
      else if (now - waiter.toldAt >= TELL_SECONDS && waiter.told !== place) {
        waiter.toldAt = now;
        waiter.told = place;
        waiter.onPlace?.(place);
      }
    }
    for (const [waiter, reached] of late) {
      this.#line.delete(waiter);
      waiter.refuse(this.#refusal(now, expectedWait(reached, perSecond), perSecond));
    }
  }

  #refusal(now: number, wait: number, perSecond: number): SpillwayError {
    const retryAfter = this.#returns.next(now, wait, perSecond, Math.random());
    this.emit('refused', retryAfter);
    return new SpillwayError('unavailable', `many are joining; come back in ${retryAfter} s`, { retryAfter });
  }

  #stopWhenEmpty(): void {
    if (this.#line.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function seconds(): number {
  return performance.now() / 1000;
}

function gone(): SpillwayError {
  return new SpillwayError('unavailable', 'it is not waited for any more');
}
