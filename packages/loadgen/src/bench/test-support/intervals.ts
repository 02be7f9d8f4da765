import type { Interval } from '../stage/interval.ts';

const times = { p50: 0.001, p95: 0.002, p99: 0.003, max: 0.004 };

/** An interval of ten seconds in which nothing was wrong, with what a test says otherwise. */
export function intervalWith(part: Partial<Interval> = {}): Interval {
  return {
    seconds: 10,
    packets: 100_000,
    lost: 0,
    workerMicros: 8,
    nodeMicros: 0.1,
    workerCores: 0.08,
    eachWorkerCores: [0.08],
    nodeCores: 0.001,
    generatorCores: 0.2,
    delay: times,
    gaps: times,
    freezes: 0,
    machine: { idle: 0.5, steal: 0 },
    saturated: false,
    ...part,
  };
}
