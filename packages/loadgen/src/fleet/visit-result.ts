import type { LogHistogram } from '../meter/log-histogram.ts';
import type { LoadViewer } from '../viewer/load-viewer.ts';
import type { VisitResult } from './sample.ts';

/** What is known of a visit: which viewer's, where, and why it ended if it did by itself. */
export type VisitFacts = Pick<VisitResult, 'viewer' | 'room' | 'gone'>;

/** The result of a visit that is over, or is at `now`. */
export function visitResult(facts: VisitFacts, viewer: LoadViewer, now: number): VisitResult {
  const { startedAt = now, endedAt = now, times, meter } = viewer;
  const result = { ...facts, startedAt, seconds: (endedAt - startedAt) / 1e6, times: { ...times } };
  if (!meter) return result;
  const { freezes, frozen, longest } = meter.freezesAt(endedAt);
  const delay = delayOf(meter.delay, meter.maxDelay);
  return {
    ...result,
    received: {
      ...meter.counts,
      freezes,
      frozenSeconds: frozen / 1e6,
      longestFreeze: longest / 1e6,
      longestGap: meter.maxGap / 1e6,
      ...(delay ? { delay } : {}),
    },
  };
}

function delayOf(histogram: LogHistogram, max: number) {
  if (histogram.count === 0) return undefined;
  const quantile = (part: number) => (histogram.quantile(part) ?? 0) / 1e6;
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: Math.max(0, max) / 1e6 };
}
