import { addCounts } from '../meter/counts.ts';
import { type HistogramData, LogHistogram } from '../meter/log-histogram.ts';
import type { FleetSample } from './sample.ts';

/** The sum of what several processes have seen. */
export function mergeSamples(samples: readonly FleetSample[]): FleetSample | undefined {
  const [first, ...others] = samples;
  return first && others.reduce((sum, sample) => combine(sum, sample, 1), first);
}

/**
 * What came between an earlier sample and a later one of the same fleet. `present`, `playing` and what is a maximum are those of
 * the later one.
 */
export function sampleBetween(earlier: FleetSample, later: FleetSample): FleetSample {
  const { present, playing, longestFreeze, maxDelay, at } = later;
  return { ...combine(later, earlier, -1), present, playing, longestFreeze, maxDelay, at };
}

function combine(one: FleetSample, other: FleetSample, sign: 1 | -1): FleetSample {
  const sum = (name: NumericName) => one[name] + sign * other[name];
  const histogram = (a: HistogramData, b: HistogramData) => {
    const both = LogHistogram.from(a);
    both.add(b, sign);
    return both.data;
  };
  return {
    at: Math.max(one.at, other.at),
    started: sum('started'),
    joined: sum('joined'),
    counted: sum('counted'),
    present: sum('present'),
    playing: sum('playing'),
    played: sum('played'),
    gone: sum('gone'),
    refused: sum('refused'),
    reasons: combineReasons(one.reasons, other.reasons, sign),
    audio: addCounts(one.audio, other.audio, sign),
    video: addCounts(one.video, other.video, sign),
    retransmission: addCounts(one.retransmission, other.retransmission, sign),
    freezes: sum('freezes'),
    frozenVisits: sum('frozenVisits'),
    frozenSeconds: Math.max(0, sum('frozenSeconds')),
    longestFreeze: Math.max(one.longestFreeze, other.longestFreeze),
    delay: histogram(one.delay, other.delay),
    maxDelay: Math.max(one.maxDelay, other.maxDelay),
    gaps: histogram(one.gaps, other.gaps),
    steps: {
      connected: histogram(one.steps.connected, other.steps.connected),
      watched: histogram(one.steps.watched, other.steps.watched),
      joined: histogram(one.steps.joined, other.steps.joined),
      transport: histogram(one.steps.transport, other.steps.transport),
      firstPacket: histogram(one.steps.firstPacket, other.steps.firstPacket),
      firstKeyFrame: histogram(one.steps.firstKeyFrame, other.steps.firstKeyFrame),
    },
    cpuSeconds: Math.max(0, sum('cpuSeconds')),
  };
}

type NumericName = {
  [Name in keyof FleetSample]: FleetSample[Name] extends number ? Name : never;
}[keyof FleetSample];

function combineReasons(one: FleetSample['reasons'], other: FleetSample['reasons'], sign: 1 | -1) {
  const counts = new Map(one.map(({ reason, count }) => [reason, count]));
  for (const { reason, count } of other) counts.set(reason, (counts.get(reason) ?? 0) + sign * count);
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .filter(({ count }) => count > 0)
    .slice(0, 20);
}
