import type { VisitResult } from '../../fleet/sample.ts';

/** Visits that begin at zero and come to their steps after some seconds. */
export function visitsWith(...times: readonly VisitResult['times'][]): VisitResult[] {
  return times.map((each, viewer) => ({
    viewer,
    room: 'bench_1',
    startedAt: 0,
    seconds: 5,
    times: each,
  }));
}
