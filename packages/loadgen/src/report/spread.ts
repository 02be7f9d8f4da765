import { type HistogramData, LogHistogram } from '../meter/log-histogram.ts';
import type { TimeSpread } from './result.ts';

/**
 * The spread of a histogram's times.
 *
 * @param max seconds of the largest one, where it is known better than by the histogram
 * @returns undefined when there are none
 */
export function spreadOf(data: HistogramData, max?: number): TimeSpread | undefined {
  const histogram = LogHistogram.from(data);
  if (histogram.count === 0) return undefined;
  const largest = max ?? secondsAt(histogram, 1);
  // The middle of the topmost bucket may lie above its largest time.
  const at = (part: number) => Math.min(largest, secondsAt(histogram, part));
  return { count: histogram.count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: largest };
}

function secondsAt(histogram: LogHistogram, part: number): number {
  return (histogram.quantile(part) ?? 0) / 1e6;
}
