/** The middle of some values; of an even number, the mean of the middle two. NaN when there are none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which a part of the values lies, interpolated between neighbours. NaN when there are none.
 *
 * @param part 0 to 1
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  // Not by the sum where both are infinite.
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}

/** Sum of some values. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A point of a series: what was measured at `x`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * How fast `y` grows with `x`: the median of the slopes between all pairs of points (Theil-Sen), which single outliers, such
 * as a garbage collection, do not move. NaN for less than two points.
 */
export function slope(points: readonly Point[]): number {
  const slopes = points.flatMap((one, index) =>
    points
      .slice(index + 1)
      .filter(({ x }) => x !== one.x)
      .map((other) => (other.y - one.y) / (other.x - one.x)),
  );
  return median(slopes);
}

/** The median of the ratios of values that were measured side by side, one pair a round. */
export function ratio(values: readonly number[], floors: readonly number[]): number {
  return median(values.flatMap((value, round) => (floors[round] ? value / floors[round] : [])));
}
