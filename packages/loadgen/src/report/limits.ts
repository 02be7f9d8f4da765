import type { FleetSample } from '../fleet/sample.ts';
import { LogHistogram } from '../meter/log-histogram.ts';
import type { LimitOutcome } from './result.ts';

/** What a run has to keep to. Parts are 0 to 1, times in seconds. */
export interface Limits {
  readonly minJoined: number | undefined;
  readonly p95Ttff: number | undefined;
  readonly maxLoss: number | undefined;
  readonly maxFreezes: number | undefined;
  readonly p99Delay: number | undefined;
}

/** What limits are held against. */
export interface LimitFacts {
  /** All of the run. */
  readonly sample: FleetSample;
  /** Viewers that were to come; with churn they do again and again. */
  readonly viewers: number;
  readonly churns: boolean;
}

/** Holds a run against its limits, in the order of the options. */
export function checkLimits(limits: Limits, facts: LimitFacts): LimitOutcome[] {
  const { sample } = facts;
  return [
    atLeast('min-joined', limits.minJoined, joinedPart(facts)),
    atMost('p95-ttff', limits.p95Ttff, timeToFrame(facts, 0.95)),
    atMost('max-loss', limits.maxLoss, sample.counted > 0 ? lossRate(sample) : undefined),
    atMost('max-freezes', limits.maxFreezes, sample.counted > 0 ? sample.freezes : undefined),
    atMost('p99-delay', limits.p99Delay, quantile(sample.delay, 0.99)),
  ].flatMap((outcome) => outcome ?? []);
}

/** The part of all packets that never came, 0 to 1. */
export function lossRate({ audio, video }: Pick<FleetSample, 'audio' | 'video'>): number {
  const lost = Math.max(0, audio.lost + video.lost);
  const sent = audio.packets + video.packets + lost;
  return sent > 0 ? lost / sent : 0;
}

/** With churn, of those visits whose fate is known: a visit may end before it is answered. */
function joinedPart({ sample, viewers, churns }: LimitFacts): number | undefined {
  const all = churns ? sample.joined + sample.refused : viewers;
  return all > 0 ? sample.joined / all : undefined;
}

/** Those that never saw a frame are the slowest; with churn, they may have left before it came. */
function timeToFrame({ sample, churns }: LimitFacts, part: number): number | undefined {
  const all = churns ? undefined : sample.counted;
  return quantile(sample.steps.firstKeyFrame, part, all);
}

function quantile(data: FleetSample['delay'], part: number, of?: number): number | undefined {
  const micros = LogHistogram.from(data).quantile(part, of);
  return micros === undefined ? undefined : micros / 1e6;
}

function atMost(
  name: string,
  limit: number | undefined,
  actual: number | undefined,
): LimitOutcome | undefined {
  if (limit === undefined) return undefined;
  const passed = actual !== undefined && actual <= limit;
  return { name, limit, ...(actual === undefined ? {} : { actual }), passed };
}

function atLeast(
  name: string,
  limit: number | undefined,
  actual: number | undefined,
): LimitOutcome | undefined {
  if (limit === undefined) return undefined;
  const passed = actual !== undefined && actual >= limit;
  return { name, limit, ...(actual === undefined ? {} : { actual }), passed };
}
