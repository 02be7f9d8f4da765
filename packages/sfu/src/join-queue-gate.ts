/** What may pass at once after a quiet time beside the first, as the seconds in which so many pass on average. */
const BURST_SECONDS = 0.1;

/** Lets pass at a rate that may change from moment to moment: a token bucket. The clock is its caller's. */
export class JoinGate {
  #tokens = Number.POSITIVE_INFINITY;
  #at: number;

  /** @param now seconds of any steady clock */
  constructor(now: number) {
    this.#at = now;
  }

  /**
   * Lets one pass; false when it has to wait.
   *
   * @param now seconds of the same clock
   * @param perSecond the rate since the call before
   */
  take(now: number, perSecond: number): boolean {
    const burst = 1 + perSecond * BURST_SECONDS;
    const gained = Math.max(0, now - this.#at) * perSecond;
    this.#tokens = Math.min(burst, this.#tokens + gained);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
