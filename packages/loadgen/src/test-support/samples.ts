import type { FleetSample } from '../fleet/sample.ts';
import { Tally } from '../fleet/tally.ts';
import { type HistogramData, LogHistogram } from '../meter/log-histogram.ts';

/** What a fleet without viewers has seen. */
export const emptySample: FleetSample = new Tally().sample(0, 0);

/** The histogram of some times in microseconds. */
export function histogramOf(...micros: number[]): HistogramData {
  const histogram = new LogHistogram();
  for (const each of micros) histogram.record(each);
  return histogram.data;
}
