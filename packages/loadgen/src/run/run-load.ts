import { setTimeout as sleep } from 'node:timers/promises';
import { Broadcasts } from '../broadcast/broadcasts.ts';
import { Fleet, type FleetResult } from '../fleet/fleet.ts';
import type { FleetSample } from '../fleet/sample.ts';
import { monotonicMicros } from '../media/clock.ts';
import { momentBetween } from '../report/moment.ts';
import type { Moment } from '../report/result.ts';
import type { LoadPlan } from './load-plan.ts';

/** Moments of a run at most; they are about a second long, or longer in a long run. */
const MAX_MOMENTS = 600;

export interface RunOptions {
  /** Ends the run early, in order. */
  readonly signal: AbortSignal;
  /** Called with every moment of the run. */
  readonly onMoment: (moment: Moment) => void;
}

/** What came of a run. */
export interface LoadRun extends FleetResult {
  readonly startedAt: Date;
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly moments: readonly Moment[];
  /** CPU that playing took, without the start of the processes. */
  readonly cpuSeconds: number;
  /** Made broadcasts that ended by themselves. */
  readonly lostBroadcasts: number;
}

/**
 * Carries out a plan: broadcasts, then viewers, for as long as it says. Nothing of it is left behind.
 *
 * @throws when the server cannot be reached, or refuses the broadcasts
 */
export async function runLoad(plan: LoadPlan, options: RunOptions): Promise<LoadRun> {
  const broadcasts = plan.broadcasts && (await Broadcasts.start(plan.broadcasts));
  try {
    const fleet = await Fleet.start({ ...plan.crowd, processes: plan.processes });
    try {
      const startedAt = new Date();
      const before = await fleet.sample();
      const moments = await play(fleet, plan, options, before);
      const result = await fleet.stop();
      return {
        ...result,
        startedAt,
        seconds: (result.sample.at - before.at) / 1e6,
        interrupted: options.signal.aborted,
        moments,
        cpuSeconds: result.sample.cpuSeconds - before.cpuSeconds,
        lostBroadcasts: (await broadcasts?.stop()) ?? 0,
      };
    } finally {
      fleet.kill();
    }
  } finally {
    await broadcasts?.stop().catch(() => {});
  }
}

async function play(
  fleet: Fleet,
  plan: LoadPlan,
  { signal, onMoment }: RunOptions,
  before: FleetSample,
): Promise<Moment[]> {
  const moments: Moment[] = [];
  const total = plan.rampSeconds + plan.durationSeconds;
  const count = Math.min(MAX_MOMENTS, Math.ceil(total));
  let latest = before;
  fleet.join(plan.viewers, plan.rampSeconds);
  for (let index = 1; index <= count && !signal.aborted; index += 1) {
    const rest = (total * index) / count - (monotonicMicros() - before.at) / 1e6;
    await sleep(Math.max(0, 1000 * rest), undefined, { signal }).catch(() => {});
    const sample = await fleet.sample();
    const moment = momentBetween(latest, sample, before.at);
    latest = sample;
    moments.push(moment);
    onMoment(moment);
  }
  return moments;
}
