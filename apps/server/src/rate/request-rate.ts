import { SpillwayError } from '@spillway/protocol';
import { clientKey } from './client-key.ts';
import { TokenBucket } from './token-bucket.ts';

export interface RequestRateOptions {
  /** Requests a second of all clients together. */
  readonly perSecond: number;
  /** Requests a second of one client address. */
  readonly perAddressPerSecond: number;
}

/** Clients that are remembered; one that is forgotten has its burst again, within the bound for all. */
const MAX_CLIENTS = 10_000;

/** When a refused client may try again. Seconds. */
const RETRY_AFTER = 1;

/** Bounds how often clients ask, each of them and all together. Its memory is bounded too. */
export class RequestRate {
  readonly #options: RequestRateOptions;
  /** The one that asked last is the last. */
  readonly #clients = new Map<string, TokenBucket>();
  readonly #all: TokenBucket;

  /** @param now milliseconds of any steady clock */
  constructor(options: RequestRateOptions, now: number) {
    this.#options = options;
    this.#all = new TokenBucket(options.perSecond, now);
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#clients.size;
  }

  /** @throws {SpillwayError} `too-many` when this client asks too often, `unavailable` when all together do */
  take(address: string, now: number): void {
    const { perAddressPerSecond, perSecond } = this.#options;
    // One client's flood costs the others nothing of what they have together.
    if (!this.#bucketOf(address, now).take(now)) {
      throw new SpillwayError(
        'too-many',
        `more than ${perAddressPerSecond} requests a second from one address; try again later`,
        { retryAfter: RETRY_AFTER },
      );
    }
    if (!this.#all.take(now)) {
      throw new SpillwayError('unavailable', `more than ${perSecond} requests a second; try again later`, {
        retryAfter: RETRY_AFTER,
      });
    }
  }

  #bucketOf(address: string, now: number): TokenBucket {
    const key = clientKey(address);
    const bucket = this.#clients.get(key) ?? new TokenBucket(this.#options.perAddressPerSecond, now);
    this.#clients.delete(key);
    this.#clients.set(key, bucket);
    if (this.#clients.size > MAX_CLIENTS) {
      const [oldest] = this.#clients.keys();
      if (oldest !== undefined) this.#clients.delete(oldest);
    }
    return bucket;
  }
}
