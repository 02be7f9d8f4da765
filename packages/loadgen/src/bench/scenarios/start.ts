import { milliseconds, number, percent } from '../report/format.ts';
import type { ScenarioResult, Table, Target } from '../report/result.ts';
import { onStage } from '../stage/stage.ts';
import { quantile } from '../statistics.ts';
import type { Scenario } from './scenario.ts';
import { type BothSides, lacking, onSides, type Side, sidesFor, switchedOff } from './sides.ts';
import { beyondConnection, combined, type StartRound, startCrowds } from './start-round.ts';

const FEATURE = 'gop-cache';
const VIEWERS = 100;
/** What this machine can play so many arrivals of who all count their packets. Bits per second. */
const BITRATE = 300_000;
const HIGH_BITRATE = 1_500_000;

const WANTED_SECONDS = 0.15;
/** Longest interval between key frames for which that is wanted. Seconds. */
const WANTED_UP_TO = 4;

/** Viewers that come to a video. */
export interface StartCase {
  /** Seconds from one key frame to the next. */
  readonly interval: number;
  readonly bitrate: number;
  /** Over how long {@link VIEWERS} of them come. Seconds. */
  readonly within: number;
  /** Crowds, spread over the interval. */
  readonly crowds: number;
}

const CASES: readonly StartCase[] = [
  { interval: 1, bitrate: BITRATE, within: 1, crowds: 2 },
  { interval: 2, bitrate: BITRATE, within: 1, crowds: 2 },
  { interval: 4, bitrate: BITRATE, within: 1, crowds: 4 },
  { interval: 10, bitrate: BITRATE, within: 1, crowds: 3 },
  { interval: 4, bitrate: HIGH_BITRATE, within: 4, crowds: 1 },
];
const QUICK_CASES: readonly StartCase[] = [{ interval: 4, bitrate: BITRATE, within: 1, crowds: 2 }];

/** What was measured of a case. */
export interface StartMeasured extends StartCase {
  readonly rounds: BothSides<StartRound>;
}

/** How long a viewer waits for a picture whose source sends a key frame only when it likes. */
export const start: Scenario = {
  name: 'start',
  title: 'Time to the first picture by key-frame interval, with and without the GOP cache',
  async run({ quick, log, signal }) {
    const sides = await sidesFor(FEATURE, { log, signal });
    const cases = quick ? QUICK_CASES : CASES;
    const measured = await onSides(cases, sides, 1, (each, side) => {
      const { interval, bitrate, within, crowds } = each;
      const options = {
        kind: 'spillway',
        ingest: 'whip',
        without: switchedOff(FEATURE, side),
        shape: { bitrate, keyFrameInterval: interval },
        countOneIn: 1,
        signal,
      } as const;
      return onStage(options, async (stage) => {
        const round = await startCrowds(stage, { interval, viewers: VIEWERS, within, crowds });
        const p95 = milliseconds(quantile(beyondConnection(round.visits, 'firstKeyFrame'), 0.95));
        log(`a key frame every ${interval} s, ${bitrate / 1e6} Mbps, ${side}: p95 ${p95}`);
        return round;
      });
    });
    return startResult(measured);
  },
};

/** Sums up the cases. */
export function startResult(measured: readonly StartMeasured[]): ScenarioResult {
  const hasCache = measured.some(({ rounds }) => rounds.with.length > 0);
  return {
    name: start.name,
    title: start.title,
    method:
      `VP8 published by WHIP, whose source ignores requests for key frames, as OBS, FFmpeg and most cameras do. Crowds of ${VIEWERS} viewers, who all ` +
      'count their packets, come at different times between two key frames. Times are those from the moment at which a viewer’s ICE and DTLS ' +
      'are through: to the last packet of the first key frame, and to the first frame that was sent no longer ago than two frames take, the ' +
      `present. The same worker on both sides, its cache switched off on one.`,
    reading: hasCache ? reading(measured) : lacking(FEATURE),
    targets: hasCache ? targets(measured) : [],
    tables: [
      timesTable('To the first whole key frame, beyond connection', measured, 'firstKeyFrame'),
      timesTable('To the present, beyond connection', measured, 'firstPresent'),
      requestsTable(measured),
    ],
    charts: [],
  };
}

/** Of the longest interval for which something is wanted. */
function reading(measured: readonly StartMeasured[]): string {
  const [first] = measured
    .filter(({ interval }) => interval <= WANTED_UP_TO)
    .toSorted((one, other) => other.interval - one.interval);
  if (!first) return '';
  const side = (name: Side) => {
    const { visits, requests } = combined(first.rounds[name]);
    const p95 = quantile(beyondConnection(visits, 'firstPresent'), 0.95);
    return { p95: milliseconds(p95), requests: number((100 * requests) / visits.length) };
  };
  const [without, cached] = [side('without'), side('with')];
  return (
    `with a key frame every ${first.interval} s, 95 % of the viewers see the present ${cached.p95} after their connection, without the cache ` +
    `${without.p95}; of 100 joins the source hears ${cached.requests} requests for key frames, without it ${without.requests}.`
  );
}

function targets(measured: readonly StartMeasured[]): Target[] {
  const short = measured.filter(({ interval }) => interval <= WANTED_UP_TO);
  const saturated = short.some(({ rounds }) => combined(rounds.with).saturated);
  const worst = (step: 'firstKeyFrame' | 'firstPresent') =>
    Math.max(
      ...short.map(({ rounds }) => quantile(beyondConnection(combined(rounds.with).visits, step), 0.95)),
    );
  const time = (name: string, seconds: number) => ({
    name,
    wanted: `below ${milliseconds(WANTED_SECONDS)}`,
    measured: milliseconds(seconds),
    met: seconds < WANTED_SECONDS,
    saturated,
  });
  const requests = measured.reduce((total, { rounds }) => total + combined(rounds.with).requests, 0);
  return [
    time(
      `First key frame beyond connection, p95, one every ${WANTED_UP_TO} s at most`,
      worst('firstKeyFrame'),
    ),
    time(
      `The present beyond connection, p95, a key frame every ${WANTED_UP_TO} s at most`,
      worst('firstPresent'),
    ),
    {
      name: 'Key-frame requests of all who came, with the GOP cache',
      wanted: '0',
      measured: `${requests}`,
      met: requests === 0,
      saturated,
    },
  ];
}

function timesTable(
  title: string,
  measured: readonly StartMeasured[],
  step: 'firstKeyFrame' | 'firstPresent',
): Table {
  const parts = [0.5, 0.95, 0.99] as const;
  return {
    title,
    head: [
      ...CASE_HEAD,
      ...sidesOf(measured).flatMap((side) => parts.map((part) => `p${100 * part} ${side}`)),
    ],
    rows: measured.map((each) => [
      ...caseCells(each),
      ...sidesOf(measured).flatMap((side) => {
        const times = beyondConnection(combined(each.rounds[side]).visits, step);
        return parts.map((part) => milliseconds(quantile(times, part)));
      }),
    ]),
  };
}

function requestsTable(measured: readonly StartMeasured[]): Table {
  const sides = sidesOf(measured);
  return {
    title: 'The source, and how viewers came',
    head: [
      ...CASE_HEAD,
      ...sides.map((side) => `key-frame requests of 100 joins ${side}`),
      ...sides.map((side) => `p95 to connection ${side}`),
      ...sides.map((side) => `lost ${side}`),
    ],
    rows: measured.map((each) => {
      const rounds = sides.map((side) => combined(each.rounds[side]));
      return [
        ...caseCells(each),
        ...rounds.map(({ requests, visits }) => number((100 * requests) / visits.length)),
        ...rounds.map(({ visits }) =>
          milliseconds(
            quantile(
              visits.map(({ times }) => times.transport ?? Number.POSITIVE_INFINITY),
              0.95,
            ),
          ),
        ),
        ...rounds.map(({ visits, saturated }) => `${percent(lossOf(visits))}${saturated ? ' ⚠' : ''}`),
      ];
    }),
  };
}

/** Part of the packets that never came. */
function lossOf(visits: StartRound['visits']): number {
  const counts = visits.flatMap(({ received }) => received?.video ?? []);
  const lost = counts.reduce((total, each) => total + Math.max(0, each.lost), 0);
  return lost / (lost + counts.reduce((total, { packets }) => total + packets, 0));
}

const CASE_HEAD = ['key frame every', 'Mbps', 'joins/s'];

function caseCells({ interval, bitrate, within }: StartCase): string[] {
  return [`${interval} s`, `${bitrate / 1e6}`, number(VIEWERS / within)];
}

function sidesOf(measured: readonly StartMeasured[]): readonly Side[] {
  return measured.some(({ rounds }) => rounds.with.length > 0) ? ['without', 'with'] : ['without'];
}
