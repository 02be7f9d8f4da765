import type { FleetResult } from '../../fleet/fleet.ts';
import { milliseconds, number } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import type { Interval } from '../stage/interval.ts';
import { onStage } from '../stage/stage.ts';
import { median, quantile } from '../statistics.ts';
import type { SubjectKind } from '../subject/subject.ts';
import { interleave, type Scenario } from './scenario.ts';

const PLAYING = 50;
const ARRIVING = 300;
/** Over how long they arrive. Seconds. */
const WITHIN = 1;
/** How long all of it is looked at, and the time without a storm before it. Seconds. */
const WINDOW = 6;
/** What a machine can play so many viewers of, who all count their packets. Bits per second. */
const BITRATE = 300_000;
const KEY_FRAME_INTERVAL = 0.5;

const WANTED_SECONDS = 1.5;

/** One storm. */
export interface StormRound {
  /** Those who played before: without a storm, and during it. */
  readonly calm: Interval;
  readonly storm: Interval;
  readonly visits: FleetResult['visits'];
  /** Arrivals that did not stay. */
  readonly gone: number;
}

export interface StormRounds {
  readonly bare: readonly StormRound[];
  readonly spillway: readonly StormRound[];
}

/** A crowd that arrives at once beside some who watch already. */
export const storm: Scenario = {
  name: 'storm',
  title: `${ARRIVING} viewers arrive within ${WITHIN} s while ${PLAYING} play`,
  async run({ quick, log, signal }) {
    const kinds: readonly SubjectKind[] = ['spillway', 'bare'];
    const shape = { bitrate: BITRATE, keyFrameInterval: KEY_FRAME_INTERVAL };
    const rounds = await interleave(kinds, quick ? 2 : 4, (kind, round) =>
      onStage({ kind, shape, countOneIn: 1, signal }, async (stage): Promise<StormRound> => {
        await stage.join(PLAYING);
        await stage.wait(3);
        const calm = await stage.measure(WINDOW);
        const crowd = await stage.newFleet();
        const measuring = stage.measure(WINDOW);
        crowd.join(ARRIVING, WITHIN);
        const during = await measuring;
        const { visits, sample } = await stage.leave(crowd);
        const last = milliseconds(Math.max(...playTimes(visits)));
        log(`round ${round + 1}, ${kind}: the last one plays after ${last}, ${during.freezes} freezes`);
        return { calm, storm: during, visits, gone: sample.gone };
      }),
    );
    return stormResult({ bare: rounds.get('bare') ?? [], spillway: rounds.get('spillway') ?? [] });
  },
};

/** Seconds from arriving to the first complete key frame; infinite for who never had one. */
function playTimes(visits: StormRound['visits']): number[] {
  return visits.map(({ times }) => times.firstKeyFrame ?? Number.POSITIVE_INFINITY);
}

/** Seconds from arriving to the answer to `play`: the joining itself, without the wait for a key frame. */
function joinTimes(visits: StormRound['visits']): number[] {
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

/** Sums up the rounds. */
export function stormResult(rounds: StormRounds): ScenarioResult {
  const { spillway } = rounds;
  const saturated = spillway.some((round) => round.storm.saturated);
  const last = median(spillway.map(({ visits }) => Math.max(...playTimes(visits))));
  const freezes = spillway.reduce(
    (all, round) => all + Math.max(0, round.storm.freezes - round.calm.freezes),
    0,
  );
  const row = (name: string, value: (round: StormRound) => number, text: (value: number) => string) => [
    name,
    text(median(rounds.bare.map(value))),
    text(median(spillway.map(value))),
  ];
  const quantiles = (name: string, times: (visits: StormRound['visits']) => number[]) =>
    [0.5, 0.95, 0.99, 1].map((part) =>
      row(
        `${name}, ${part === 1 ? 'last' : `p${100 * part}`}`,
        ({ visits }) => quantile(times(visits), part),
        milliseconds,
      ),
    );
  return {
    name: storm.name,
    title: storm.title,
    method:
      `VP8 of ${BITRATE / 1000} kbps, a key frame every ${KEY_FRAME_INTERVAL} s that nobody can ask for, as FFmpeg and cameras send: ` +
      'on average a viewer waits for half of that, whatever the server does. One worker. All viewers count their packets, on the ' +
      `same cores. ${spillway.length} rounds of each side, in turns; medians over the rounds.`,
    targets: [
      {
        name: `${ARRIVING} viewers arriving within ${WITHIN} s all play`,
        wanted: `within ${WANTED_SECONDS} s`,
        measured: milliseconds(last),
        met: last <= WANTED_SECONDS,
        saturated,
      },
      {
        name: 'Freezes of those who played before',
        wanted: '0',
        measured: `${freezes}`,
        met: freezes === 0,
        saturated,
      },
    ],
    tables: [
      {
        title: 'Those who arrive',
        head: ['', 'mediasoup alone', 'Spillway'],
        rows: [
          row('joins a second', ({ visits }) => joinRate(visits), number),
          ...quantiles('to the answer to play', joinTimes),
          ...quantiles('to the first whole key frame', playTimes),
          row('did not stay', ({ gone }) => gone, number),
        ],
      },
      {
        title: 'Those who played before',
        head: ['', 'mediasoup alone', 'Spillway'],
        rows: [
          row('longest time between frames, no storm', ({ calm }) => calm.gaps.max, milliseconds),
          row('longest time between frames, storm', (round) => round.storm.gaps.max, milliseconds),
          row('p99 time between frames, no storm', ({ calm }) => calm.gaps.p99, milliseconds),
          row('p99 time between frames, storm', (round) => round.storm.gaps.p99, milliseconds),
          row('freezes, no storm', ({ calm }) => calm.freezes, number),
          row('freezes, storm', (round) => round.storm.freezes, number),
          row('lost packets, storm', (round) => Math.max(0, round.storm.lost), number),
        ],
      },
    ],
    charts: [],
  };
}
