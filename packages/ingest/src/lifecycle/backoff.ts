/** Bounds of a growing pause, in milliseconds. */
export interface BackoffLimits {
  /** Before the first retry. Default 500. */
  readonly minMs: number;
  /** Never longer. Default 30000. */
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: BackoffLimits = { minMs: 500, maxMs: 30_000 };

/**
 * The pause before retry number `attempt` (0 is the first), in milliseconds: doubles each time, plus up to a quarter of
 * jitter, so that many sources that failed together do not come back together. `random` is in [0, 1).
 */
export function backoffDelay(
  attempt: number,
  random: number,
  { minMs, maxMs }: BackoffLimits = DEFAULT_BACKOFF,
): number {
  return Math.round(Math.min(maxMs, minMs * 2 ** attempt * (1 + random / 4)));
}
