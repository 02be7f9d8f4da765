import type { SourceReport } from '@spillway/protocol';
import { diagnose } from './diagnose.ts';
import type { Examination } from './examination.ts';
import type { MediaPlan } from './plan.ts';

/** What is told of an input: what it is, what is wrong with it, what becomes of it. */
export function makeReport(examination: Examination, plan: MediaPlan, examinedAt = new Date()): SourceReport {
  const { format, duration, streams } = examination;
  return {
    examinedAt: examinedAt.toISOString(),
    format,
    ...(duration === undefined ? {} : { duration }),
    streams: [...streams],
    findings: diagnose(examination),
    ...plan,
  };
}
