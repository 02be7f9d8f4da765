import { milliseconds, number } from '../report/format.ts';
import type { ScenarioResult, Target } from '../report/result.ts';
import { onStage } from '../stage/stage.ts';
import { median } from '../statistics.ts';
import { interleave, type Scenario } from './scenario.ts';
import { type BothSides, lacking, sidesFor, switchedOff } from './sides.ts';
import { beyondConnection } from './start-round.ts';
import {
  ARRIVING,
  PLAYING,
  playTimes,
  quantileRows,
  type StormRound,
  stormFreezes,
  stormLine,
  stormOn,
  stormTables,
  WITHIN,
} from './storm-round.ts';

const FEATURE = 'gop-cache';
/** A packet a frame: this machine plays so many viewers of it, and their pasts. Bits per second. */
const BITRATE = 200_000;
/** Seconds. */
const KEY_FRAME_INTERVAL = 4;
/** How long a storm is looked at: those who wait longest see a key frame. Seconds. */
const WINDOW = KEY_FRAME_INTERVAL + 4;

/** A crowd that arrives at once for a video with few key frames. */
export const startStorm: Scenario = {
  name: 'start-storm',
  title: `${ARRIVING} viewers arrive within ${WITHIN} s, a key frame every ${KEY_FRAME_INTERVAL} s, with and without the GOP cache`,
  async run({ quick, log, signal }) {
    const sides = await sidesFor(FEATURE, { log, signal });
    const rounds = await interleave(sides, quick ? 1 : 2, async (side, round) => {
      const options = {
        kind: 'spillway',
        ingest: 'whip',
        without: switchedOff(FEATURE, side),
        shape: { bitrate: BITRATE, keyFrameInterval: KEY_FRAME_INTERVAL },
        countOneIn: 1,
        signal,
      } as const;
      const result = await onStage(options, (stage) => stormOn(stage, WINDOW));
      log(`round ${round + 1}, ${side}: ${stormLine(result)}`);
      return result;
    });
    return startStormResult({ without: rounds.get('without') ?? [], with: rounds.get('with') ?? [] });
  },
};

/** Sums up the rounds. */
export function startStormResult({ without, with: cached }: BothSides<StormRound>): ScenarioResult {
  const columns = [
    { name: 'without', rounds: without },
    { name: 'with', rounds: cached },
  ].filter(({ rounds }) => rounds.length > 0);
  return {
    name: startStorm.name,
    title: startStorm.title,
    method:
      `VP8 of ${BITRATE / 1000} kbps published by WHIP, whose source ignores requests for key frames. ${PLAYING} viewers play already. One worker, its ` +
      `GOP cache switched off or not. All viewers count their packets, on the same cores. ${without.length} rounds, in turns; medians over the ` +
      'rounds.',
    reading: cached.length > 0 ? reading({ without, with: cached }) : lacking(FEATURE),
    targets: cached.length > 0 ? targets(cached) : [],
    tables: stormTables(columns, [
      ...quantileRows('from connection to the first key frame', (visits) =>
        beyondConnection(visits, 'firstKeyFrame'),
      ),
      ...quantileRows('from connection to the present', (visits) => beyondConnection(visits, 'firstPresent')),
      ['key-frame requests', ({ requests }) => requests, number],
    ]),
    charts: [],
  };
}

function reading({ without, with: cached }: BothSides<StormRound>): string {
  const last = (rounds: readonly StormRound[]) => {
    const seconds = median(rounds.map(({ visits }) => Math.max(...playTimes(visits))));
    return Number.isFinite(seconds)
      ? `the last of ${ARRIVING} plays after ${milliseconds(seconds)}`
      : `not all of ${ARRIVING} play within ${WINDOW} s`;
  };
  const requests = (rounds: readonly StormRound[]) => number(median(rounds.map((round) => round.requests)));
  return (
    `${last(cached)}, without the cache ${last(without)}; ${requests(cached)} requests for key frames, without it ` +
    `${requests(without)}; ${stormFreezes(cached)} freezes of those who played before, without it ${stormFreezes(without)}.`
  );
}

function targets(rounds: readonly StormRound[]): Target[] {
  const saturated = rounds.some(({ storm }) => storm.saturated);
  const target = (name: string, wanted: string, measured: string, met: boolean): Target => ({
    name: `${name}, a key frame every ${KEY_FRAME_INTERVAL} s, with the GOP cache`,
    wanted,
    measured,
    met,
    saturated,
  });
  const missing = rounds.reduce(
    (all, { visits }) => all + ARRIVING - playTimes(visits).filter(Number.isFinite).length,
    0,
  );
  const last = median(rounds.map(({ visits }) => Math.max(...playTimes(visits))));
  const freezes = stormFreezes(rounds);
  const requests = rounds.reduce((all, round) => all + round.requests, 0);
  return [
    target(
      `${ARRIVING} viewers arriving within ${WITHIN} s all play`,
      'all',
      missing === 0 ? `all, the last after ${milliseconds(last)}` : `all but ${missing}`,
      missing === 0,
    ),
    target('Key-frame requests of a storm', '0', `${requests}`, requests === 0),
    target('Freezes of those who played before a storm', '0', `${freezes}`, freezes === 0),
  ];
}
