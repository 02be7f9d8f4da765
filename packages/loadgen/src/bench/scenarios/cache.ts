import { kilobytes, megabytes, percent } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { onStage } from '../stage/stage.ts';
import { median } from '../statistics.ts';
import { type RoomsState, stateOf } from './rooms.ts';
import { interleave, type Scenario } from './scenario.ts';
import { type BothSides, cells, lacking, sideHeads, sidesFor, switchedOff } from './sides.ts';

const FEATURE = 'gop-cache';
const ROOMS = 100;
const QUICK_ROOMS = 50;
const SHAPE = { bitrate: 1_500_000, frameRate: 30, keyFrameInterval: 4 };

/** What the GOP cache of a worker holds with many broadcasts. */
export const cache: Scenario = {
  name: 'cache',
  title: 'Memory of the GOP cache, each room with its broadcaster, nobody watching',
  async run({ quick, log, signal }) {
    const rooms = quick ? QUICK_ROOMS : ROOMS;
    const sides = await sidesFor(FEATURE, { log, signal });
    const rounds = await interleave(sides, quick ? 1 : 2, async (side) => {
      const options = {
        kind: 'spillway',
        rooms,
        shape: SHAPE,
        without: switchedOff(FEATURE, side),
        signal,
      } as const;
      // Long enough for every room to have had a whole interval.
      const state = await onStage(options, (stage) =>
        stateOf(stage, rooms, true, SHAPE.keyFrameInterval + 1),
      );
      log(
        `${rooms} rooms, ${side}: worker ${megabytes(state.workers)}, ${percent(state.workerCores)} of a core`,
      );
      return state;
    });
    return cacheResult({ without: rounds.get('without') ?? [], with: rounds.get('with') ?? [] });
  },
};

/** Sums up the rounds. */
export function cacheResult(rounds: BothSides<RoomsState>): ScenarioResult {
  const [count = 0] = rounds.without.map((state) => state.rooms);
  const of = (states: readonly RoomsState[], value: (state: RoomsState) => number) =>
    median(states.map(value));
  const memory = ({ workers }: RoomsState) => workers;
  const perRoom = (of(rounds.with, memory) - of(rounds.without, memory)) / count;
  const isThere = rounds.with.length > 0;
  const row = (name: string, cell: (states: readonly RoomsState[]) => string) => [
    name,
    ...cells(rounds, cell),
  ];
  return {
    name: cache.name,
    title: cache.title,
    method:
      `${count} rooms with a source of type rtp, one worker; VP8 of ${SHAPE.bitrate / 1e6} Mbps, a key frame every ${SHAPE.keyFrameInterval} s, so that a room’s ` +
      `frames since the last one take ${kilobytes((SHAPE.bitrate / 8) * SHAPE.keyFrameInterval)} of payload at most. Resident memory; ` +
      `${rounds.without.length} rounds of each side, in turns; medians.`,
    reading: isThere
      ? `the cache takes ${kilobytes(perRoom)} of the worker’s memory for a room.`
      : lacking(FEATURE),
    targets: [],
    tables: [
      {
        title: 'Worker',
        head: ['', ...sideHeads(rounds)],
        rows: [
          row('resident', (states) => megabytes(of(states, memory))),
          row('CPU, of one core', (states) => percent(of(states, ({ workerCores }) => workerCores))),
          ...(isThere ? [['the cache, a room', '', kilobytes(perRoom)]] : []),
        ],
      },
    ],
    charts: [],
  };
}
