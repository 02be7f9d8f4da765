import { milliseconds } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { onStage } from '../stage/stage.ts';
import { median } from '../statistics.ts';
import type { SubjectKind } from '../subject/subject.ts';
import { interleave, type Scenario } from './scenario.ts';
import {
  ARRIVING,
  PLAYING,
  playTimes,
  type StormRound,
  stormFreezes,
  stormLine,
  stormOn,
  stormTables,
  WITHIN,
} from './storm-round.ts';

/** What a machine can play so many viewers of, who all count their packets. Bits per second. */
const BITRATE = 300_000;
const KEY_FRAME_INTERVAL = 0.5;
/** How long a storm is looked at. Seconds. */
const WINDOW = 6;

const WANTED_SECONDS = 1.5;

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
    const rounds = await interleave(kinds, quick ? 1 : 3, async (kind, round) => {
      const result = await onStage({ kind, shape, countOneIn: 1, signal }, (stage) => stormOn(stage, WINDOW));
      log(`round ${round + 1}, ${kind}: ${stormLine(result)}`);
      return result;
    });
    return stormResult({ bare: rounds.get('bare') ?? [], spillway: rounds.get('spillway') ?? [] });
  },
};

/** Sums up the rounds. */
export function stormResult({ bare, spillway }: StormRounds): ScenarioResult {
  const saturated = spillway.some((round) => round.storm.saturated);
  const last = median(spillway.map(({ visits }) => Math.max(...playTimes(visits))));
  const freezes = stormFreezes(spillway);
  return {
    name: storm.name,
    title: storm.title,
    method:
      `VP8 of ${BITRATE / 1000} kbps, a key frame every ${KEY_FRAME_INTERVAL} s that nobody can ask for, as FFmpeg and cameras send: ` +
      'on average a viewer waits for half of that, unless the worker keeps the frames since the last one. One worker. All viewers ' +
      `count their packets, on the same cores. ${spillway.length} rounds of each side, in turns; medians over the rounds.`,
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
    tables: stormTables(
      [
        { name: 'mediasoup alone', rounds: bare },
        { name: 'Spillway', rounds: spillway },
      ],
      [],
    ),
    charts: [],
  };
}
