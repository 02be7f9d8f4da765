import { factor, number, percent } from '../report/format.ts';
import type { ScenarioResult, Table } from '../report/result.ts';
import { type Interval, totalMicros } from '../stage/interval.ts';
import { steady } from '../stage/steady.ts';
import { median, ratio } from '../statistics.ts';
import type { SubjectKind } from '../subject/subject.ts';
import { capacityTable } from './capacity.ts';
import { interleave, type Scenario, type ScenarioContext } from './scenario.ts';

/** Viewers, at a bitrate of which the machine can carry the most of them. */
const COUNTS = [50, 100, 200, 400] as const;
const QUICK_COUNTS = [400] as const;
const COUNTS_BITRATE = 500_000;
/** Bits per second, for viewers of which the machine can carry the highest bitrate. */
const BITRATES = [500_000, 1_500_000, 4_000_000] as const;
const QUICK_BITRATES = [1_500_000] as const;
const BITRATES_VIEWERS = 50;

const WANTED_RATIO = 1.05;
const WANTED_NODE_CORES = 0.03;

/** One point of the growth. */
export interface GrowthPoint {
  readonly viewers: number;
  /** Bits per second. */
  readonly bitrate: number;
  readonly kind: SubjectKind;
}

export type GrowthRounds = ReadonlyMap<GrowthPoint, readonly Interval[]>;

async function measure(points: readonly GrowthPoint[], { quick, log, signal }: ScenarioContext) {
  return interleave(points, quick ? 1 : 2, async ({ viewers, bitrate, kind }) => {
    const measured = await steady({ kind, signal, shape: { bitrate } }, viewers, quick ? 4 : 8);
    const micros = number(totalMicros(measured));
    log(`${viewers} viewers of ${bitrate / 1e6} Mbps, ${kind}: ${micros} us a packet`);
    return measured;
  });
}

/** How the cost of a packet changes with the number of viewers, and what the control process does meanwhile. */
export const viewers: Scenario = {
  name: 'viewers',
  title: 'Cost by number of viewers, one worker',
  async run(context) {
    const counts = context.quick ? QUICK_COUNTS : COUNTS;
    const points = counts.flatMap((count) => bothAt({ viewers: count, bitrate: COUNTS_BITRATE }));
    return viewersResult(await measure(points, context));
  },
};

/** How the cost of a packet changes with the bitrate. */
export const bitrate: Scenario = {
  name: 'bitrate',
  title: `Cost by bitrate, ${BITRATES_VIEWERS} viewers, one worker`,
  async run(context) {
    const bitrates = context.quick ? QUICK_BITRATES : BITRATES;
    const points = bitrates.flatMap((each) => bothAt({ viewers: BITRATES_VIEWERS, bitrate: each }));
    return bitrateResult(await measure(points, context));
  },
};

function bothAt(point: Omit<GrowthPoint, 'kind'>): GrowthPoint[] {
  return [
    { ...point, kind: 'bare' },
    { ...point, kind: 'spillway' },
  ];
}

/** Sums up the rounds of different numbers of viewers. */
export function viewersResult(rounds: GrowthRounds): ScenarioResult {
  const most = Math.max(...[...rounds.keys()].map((point) => point.viewers));
  const [bare, spillway] = [roundsAt(rounds, 'bare', most), roundsAt(rounds, 'spillway', most)];
  const saturated = [...bare, ...spillway].some((each) => each.saturated);
  const total = ratio(spillway.map(totalMicros), bare.map(totalMicros));
  const node = median(spillway.map(({ nodeCores }) => nodeCores));
  return {
    name: viewers.name,
    title: viewers.title,
    method: `VP8 of ${COUNTS_BITRATE / 1000} kbps at 30 frames a second, so that one machine can play ${most} viewers; ${bare.length} rounds, in turns; medians.`,
    targets: [
      {
        name: `CPU beside mediasoup alone, ${most} viewers`,
        wanted: `at most ${WANTED_RATIO}`,
        measured: factor(total),
        met: total <= WANTED_RATIO,
        saturated,
      },
      {
        name: `Node’s CPU while ${most} viewers play`,
        wanted: `below ${percent(WANTED_NODE_CORES)} of a core`,
        measured: percent(node),
        met: node < WANTED_NODE_CORES,
        saturated,
      },
    ],
    tables: [growthTable('viewers', rounds, (point) => `${point.viewers}`)],
    charts: [growthChart('viewers', rounds, (point) => point.viewers)],
  };
}

/** Sums up the rounds of different bitrates. */
export function bitrateResult(rounds: GrowthRounds): ScenarioResult {
  const megabits = (point: GrowthPoint) => point.bitrate / 1e6;
  const spillwayRounds = [...rounds].flatMap(([point, each]) =>
    point.kind === 'spillway' ? { ...point, rounds: each } : [],
  );
  return {
    name: bitrate.name,
    title: bitrate.title,
    method: `${BITRATES_VIEWERS} viewers of VP8 at 30 frames a second; rounds in turns; medians.`,
    targets: [],
    tables: [growthTable('Mbps', rounds, (point) => `${megabits(point)}`), capacityTable(spillwayRounds)],
    charts: [growthChart('Mbps', rounds, megabits)],
  };
}

function roundsAt(rounds: GrowthRounds, kind: SubjectKind, count: number): readonly Interval[] {
  return [...rounds].flatMap(([point, each]) => (point.kind === kind && point.viewers === count ? each : []));
}

function growthTable(head: string, rounds: GrowthRounds, label: (point: GrowthPoint) => string): Table {
  const rows = [...rounds].flatMap(([point, spillway]) => {
    if (point.kind !== 'spillway') return [];
    const bare = [...rounds].find(([other]) => other.kind === 'bare' && label(other) === label(point))?.[1];
    const of = (value: (each: Interval) => number) => median(spillway.map(value));
    return [
      [
        label(point),
        number(median((bare ?? []).map(totalMicros))),
        number(of(totalMicros)),
        factor(ratio(spillway.map(totalMicros), (bare ?? []).map(totalMicros))),
        number(of(({ packets, seconds }) => packets / seconds)),
        percent(of(({ workerCores }) => workerCores)),
        percent(of(({ nodeCores }) => nodeCores)),
        `${Math.max(
          0,
          of(({ lost }) => lost),
        )}`,
        percent(of(({ machine }) => machine.idle)),
      ],
    ];
  });
  return {
    title: `By ${head}`,
    head: [
      head,
      'mediasoup alone, us a packet',
      'Spillway, us a packet',
      'ratio',
      'packets/s',
      'worker’s core',
      'Node’s core',
      'lost',
      'machine idle',
    ],
    rows,
  };
}

function growthChart(xTitle: string, rounds: GrowthRounds, x: (point: GrowthPoint) => number) {
  const series = (kind: SubjectKind, name: string) => ({
    name,
    points: [...rounds]
      .filter(([point]) => point.kind === kind)
      .map(([point, each]) => ({ x: x(point), y: median(each.map(totalMicros)) })),
  });
  return {
    title: 'CPU a packet, control process and worker',
    xTitle,
    yTitle: 'us',
    series: [series('bare', 'mediasoup alone'), series('spillway', 'Spillway')],
  };
}
