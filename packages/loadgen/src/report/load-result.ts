import { availableParallelism, cpus } from 'node:os';
import type { VisitResult } from '../fleet/sample.ts';
import { timedSteps } from '../fleet/sample.ts';
import type { LoadPlan } from '../run/load-plan.ts';
import type { LoadRun } from '../run/run-load.ts';
import { checkLimits, type Limits, lossRate } from './limits.ts';
import type { LoadResult } from './result.ts';
import { spreadOf } from './spread.ts';

/** Sums up a run, and holds it against its limits. */
export function loadResult(plan: LoadPlan, run: LoadRun, limits: Limits): LoadResult {
  const { sample, visits, moments, startedAt, seconds, interrupted, cpuSeconds, lostBroadcasts } = run;
  const { audio, video, retransmission, steps } = sample;
  const outcomes = checkLimits(limits, {
    sample,
    viewers: plan.viewers,
    churns: plan.crowd.churnSeconds !== undefined,
  });
  const delay = spreadOf(sample.delay, sample.maxDelay);
  const frameGaps = spreadOf(sample.gaps);
  const packets = audio.packets + video.packets + retransmission.packets;
  return {
    version: 2,
    startedAt: startedAt.toISOString(),
    plan: describePlan(plan),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      node: process.versions.node,
    },
    seconds,
    interrupted,
    lostBroadcasts,
    viewers: {
      visits: sample.started,
      joined: sample.joined,
      played: sample.played,
      counted: sample.counted,
      gone: sample.gone,
      refused: sample.refused,
      reasons: sample.reasons,
    },
    joinTimes: joinTimes(steps),
    media: {
      audio,
      video,
      retransmission,
      lossRate: lossRate(sample),
      bitratePerViewer: bitratePerViewer(visits),
    },
    freezes: {
      count: sample.freezes,
      visits: sample.frozenVisits,
      seconds: sample.frozenSeconds,
      longest: sample.longestFreeze,
    },
    ...(frameGaps ? { frameGaps } : {}),
    ...(delay ? { delay } : {}),
    histograms: { delay: sample.delay, firstKeyFrame: steps.firstKeyFrame, frameGaps: sample.gaps },
    cost: {
      cpuSeconds,
      ...(packets > 0 ? { perPacketMicros: (1e6 * cpuSeconds) / packets } : {}),
    },
    timeline: [...moments],
    visits: [...visits],
    limits: outcomes,
    passed: sample.played > 0 && outcomes.every(({ passed }) => passed),
  };
}

function joinTimes(steps: LoadRun['sample']['steps']): LoadResult['joinTimes'] {
  const times: LoadResult['joinTimes'] = {};
  for (const step of timedSteps) {
    const spread = spreadOf(steps[step]);
    if (spread) times[step] = spread;
  }
  return times;
}

function describePlan({ crowd, viewers, processes, rampSeconds, durationSeconds, broadcasts }: LoadPlan) {
  const { target, countOneIn = 1, nack = false, churnSeconds } = crowd;
  return {
    kind: target.kind,
    url: target.kind === 'whep' ? target.url : target.server,
    rooms: target.rooms.length,
    firstRoom: target.rooms[0] ?? '',
    viewers,
    processes,
    rampSeconds,
    durationSeconds,
    ...(churnSeconds === undefined ? {} : { churnSeconds }),
    countOneIn,
    nack,
    madeBroadcasts: broadcasts !== undefined,
  };
}

/** Over the time from the first packet to the end of each visit. */
function bitratePerViewer(visits: readonly VisitResult[]): number {
  let bits = 0;
  let seconds = 0;
  for (const { received, times, seconds: length } of visits) {
    if (!received || times.firstPacket === undefined) continue;
    bits += 8 * (received.audio.bytes + received.video.bytes + received.retransmission.bytes);
    seconds += length - times.firstPacket;
  }
  return seconds > 0 ? bits / seconds : 0;
}
