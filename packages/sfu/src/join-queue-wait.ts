/** Nobody is sent away for much longer. Seconds. */
const LONGEST_AWAY = 20;

/**
 * How long a wait will be.
 *
 * @param place from 1
 * @returns seconds
 */
export function expectedWait(place: number, perSecond: number): number {
  return place / perSecond;
}

/**
 * When those who are refused may come back: one after the other at the rate at which they can be let in, the first when
 * the line will have moved on. The clock is its caller's.
 */
export class ReturnTimes {
  #last = Number.NEGATIVE_INFINITY;

  /**
   * Gives one more a time to come back.
   *
   * @param now seconds of any steady clock
   * @param wait what it would have to wait now. Seconds
   * @param random 0 (inclusive) to 1 (exclusive); spreads those who are sent away for the longest time
   * @returns whole seconds, at least 1
   */
  next(now: number, wait: number, perSecond: number, random: number): number {
    this.#last = Math.max(this.#last + 1 / perSecond, now + wait);
    const away = this.#last - now;
    if (away <= LONGEST_AWAY) return Math.max(1, Math.ceil(away));
    // Who was promised a time beyond comes earlier: further promises need not be later still.
    this.#last = now + LONGEST_AWAY;
    return Math.ceil(LONGEST_AWAY * (1 + random / 4));
  }
}
