import type { VisitResult } from '../../fleet/sample.ts';
import { isSaturated, machineTicks, machineUsage } from '../machine/machine-usage.ts';
import type { Stage } from '../stage/stage.ts';

/** Crowds that come one after the other, at times that are spread over a key-frame interval. */
export interface StartPlan {
  /** Seconds from one key frame to the next. */
  readonly interval: number;
  /** Viewers of each crowd, and over how long they come. Seconds. */
  readonly viewers: number;
  readonly within: number;
  readonly crowds: number;
}

/** What came of the crowds of one stage. */
export interface StartRound {
  readonly visits: readonly VisitResult[];
  /** Requests for a key frame that the source got from the first arrival until all played. */
  readonly requests: number;
  readonly saturated: boolean;
}

/** After the last one plays, until it has caught up with the present. Seconds. */
const CATCH_UP = 0.5;

/** Lets the crowds come and go, each when the one before it has left. */
export async function startCrowds(
  stage: Stage,
  { interval, viewers, within, crowds }: StartPlan,
): Promise<StartRound> {
  const rounds: StartRound[] = [];
  // The first key frame may have come before the server's end was ready for it.
  await stage.wait(interval);
  const begin = performance.now() / 1000;
  for (let crowd = 0; crowd < crowds; crowd += 1) {
    const fleet = await stage.newFleet();
    const elapsed = performance.now() / 1000 - begin;
    await stage.wait(untilPhase(elapsed, interval, crowd / crowds));
    const [ticks, requests] = [machineTicks(), await stage.keyFrameRequests()];
    fleet.join(viewers, within);
    await stage.whenPlaying(fleet);
    await stage.wait(CATCH_UP);
    const saturated = isSaturated(machineUsage(ticks, machineTicks()));
    const asked = (await stage.keyFrameRequests()) - requests;
    const { visits } = await stage.leave(fleet);
    rounds.push({ visits, requests: asked, saturated });
  }
  return combined(rounds);
}

/** Seconds until a part of the interval has gone by, 0 to 1, counted from multiples of the interval. */
export function untilPhase(elapsed: number, interval: number, part: number): number {
  const behind = (elapsed - part * interval) % interval;
  return behind > 0 ? interval - behind : Math.abs(behind);
}

/** Several rounds as one. */
export function combined(rounds: readonly StartRound[]): StartRound {
  return {
    visits: rounds.flatMap(({ visits }) => visits),
    requests: rounds.reduce((total, { requests }) => total + requests, 0),
    saturated: rounds.some(({ saturated }) => saturated),
  };
}

/**
 * Seconds from the moment at which each viewer's ICE and DTLS were through to a step. Infinite for those who never came to it.
 */
export function beyondConnection(
  visits: readonly VisitResult[],
  step: 'firstKeyFrame' | 'firstPresent',
): number[] {
  return visits.map(({ times }) => {
    const { transport = Number.POSITIVE_INFINITY, [step]: at = Number.POSITIVE_INFINITY } = times;
    return Number.isFinite(at) ? Math.max(0, at - transport) : at;
  });
}
