import type { FleetResult } from '../../fleet/fleet.ts';
import { milliseconds, number } from '../report/format.ts';
import type { Table } from '../report/result.ts';
import type { Interval } from '../stage/interval.ts';
import type { Stage } from '../stage/stage.ts';
import { median, quantile } from '../statistics.ts';

/** Viewers who play already. */
export const PLAYING = 50;
/** Viewers of the crowd. */
export const ARRIVING = 300;
/** Over how long they arrive. Seconds. */
export const WITHIN = 1;
/** One storm. */
export interface StormRound {
  /** Those who played before: without a storm, and during it. */
  readonly calm: Interval;
  readonly storm: Interval;
  readonly visits: FleetResult['visits'];
  /** Arrivals that did not stay. */
  readonly gone: number;
  /** Requests for a key frame that the source got meanwhile. */
  readonly requests: number;
}

/** What one side gave, under its name. */
export interface StormColumn {
  readonly name: string;
  readonly rounds: readonly StormRound[];
}

/**
 * Lets some viewers play, and a crowd arrive beside them. All viewers of the stage have to count their packets.
 *
 * @param window how long all of it is looked at, and the time without a storm before it. Seconds
 */
export async function stormOn(stage: Stage, window: number): Promise<StormRound> {
  await stage.join(PLAYING);
  await stage.wait(3);
  const calm = await stage.measure(window);
  const crowd = await stage.newFleet();
  const before = await stage.keyFrameRequests();
  const measuring = stage.measure(window);
  crowd.join(ARRIVING, WITHIN);
  const storm = await measuring;
  const requests = (await stage.keyFrameRequests()) - before;
  const { visits, sample } = await stage.leave(crowd);
  return { calm, storm, visits, gone: sample.gone, requests };
}

/** A round in a line. */
export function stormLine({ visits, storm }: StormRound): string {
  return `the last one plays after ${milliseconds(Math.max(...playTimes(visits)))}, ${storm.freezes} freezes`;
}

/** Seconds from arriving to the first complete key frame; infinite for who never had one. */
export function playTimes(visits: StormRound['visits']): number[] {
  return visits.map(({ times }) => times.firstKeyFrame ?? Number.POSITIVE_INFINITY);
}

/** Seconds from arriving to the answer to `play`: the joining itself, without the wait for a key frame. */
export function joinTimes(visits: StormRound['visits']): number[] {
  return visits.map(({ times }) => times.joined ?? Number.POSITIVE_INFINITY);
}

/** Joins for each second, from the first arrival until the last one was let in. */
export function joinRate(visits: StormRound['visits']): number {
  const starts = visits.map(({ startedAt }) => startedAt / 1e6);
  const ends = visits.flatMap(({ startedAt, times }) =>
    times.joined === undefined ? [] : startedAt / 1e6 + times.joined,
  );
  return ends.length / (Math.max(...ends) - Math.min(...starts));
}

/** Freezes of those who played before, as far as they are the storm's. */
export function stormFreezes(rounds: readonly StormRound[]): number {
  return rounds.reduce((all, { storm, calm }) => all + Math.max(0, storm.freezes - calm.freezes), 0);
}

/** A row of {@link stormTables}: the median of the rounds of each side. */
export type StormRow = readonly [
  name: string,
  value: (round: StormRound) => number,
  text: (value: number) => string,
];

/** Rows of the quantiles of some times. */
export function quantileRows(name: string, times: (visits: StormRound['visits']) => number[]): StormRow[] {
  return [0.5, 0.95, 0.99, 1].map((part) => [
    `${name}, ${part === 1 ? 'last' : `p${100 * part}`}`,
    ({ visits }) => quantile(times(visits), part),
    milliseconds,
  ]);
}

/**
 * The sides beside each other.
 *
 * @param arrivals rows that tell of those who arrive, beside how they came
 */
export function stormTables(columns: readonly StormColumn[], arrivals: readonly StormRow[]): Table[] {
  const head = ['', ...columns.map(({ name }) => name)];
  const rows = (all: readonly StormRow[]) =>
    all.map(([name, value, text]) => [name, ...columns.map(({ rounds }) => text(median(rounds.map(value))))]);
  return [
    {
      title: 'Those who arrive',
      head,
      rows: rows([
        ['joins a second', ({ visits }) => joinRate(visits), number],
        ...quantileRows('to the answer to play', joinTimes),
        ...quantileRows('to the first whole key frame', playTimes),
        ...arrivals,
        ['did not stay', ({ gone }) => gone, number],
      ]),
    },
    {
      title: 'Those who played before',
      head,
      rows: rows([
        ['longest time between frames, no storm', ({ calm }) => calm.gaps.max, milliseconds],
        ['longest time between frames, storm', ({ storm }) => storm.gaps.max, milliseconds],
        ['p99 time between frames, no storm', ({ calm }) => calm.gaps.p99, milliseconds],
        ['p99 time between frames, storm', ({ storm }) => storm.gaps.p99, milliseconds],
        ['freezes, no storm', ({ calm }) => calm.freezes, number],
        ['freezes, storm', ({ storm }) => storm.freezes, number],
        ['lost packets, storm', ({ storm }) => Math.max(0, storm.lost), number],
      ]),
    },
  ];
}
