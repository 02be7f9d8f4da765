/** Bounds of a back-off, in milliseconds. */
export interface BackoffOptions {
  /** First delay. Default 200. */
  readonly first?: number;
  /** Longest delay. Default 10000. */
  readonly longest?: number;
  /** A run at least this long resets the delay. Default 30000. */
  readonly healthyAfter?: number;
}

/**
 * Doubling delays for something that dies and is started again.
 *
 * @returns a function that takes how long the last run lived (ms) and gives the delay until the next (ms)
 */
export function createBackoff(options: BackoffOptions = {}): (livedMs: number) => number {
  const { first = 200, longest = 10_000, healthyAfter = 30_000 } = options;
  let next = first;
  return (livedMs) => {
    if (livedMs >= healthyAfter) next = first;
    const delay = next;
    next = Math.min(next * 2, longest);
    return delay;
  };
}
