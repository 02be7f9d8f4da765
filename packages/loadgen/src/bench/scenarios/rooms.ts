import { usageOf } from '../machine/process-usage.ts';
import { kilobytes, megabytes, number, percent } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { onStage, type Stage } from '../stage/stage.ts';
import { sum } from '../statistics.ts';
import type { Scenario } from './scenario.ts';

const ROOMS = 1000;
/** A broadcast that costs next to nothing: a packet a frame. */
const SHAPE = { bitrate: 40_000, frameRate: 5, keyFrameInterval: 2 };

/** What the server takes with a number of rooms. */
export interface RoomsState {
  readonly rooms: number;
  readonly broadcasting: boolean;
  readonly startSeconds: number;
  /** Resident memory. Bytes. */
  readonly node: number;
  readonly workers: number;
  readonly heap: number;
  /** Parts of one core. */
  readonly nodeCores: number;
  readonly workerCores: number;
}

/** What rooms cost that nobody watches. */
export const rooms: Scenario = {
  name: 'rooms',
  title: `${ROOMS} rooms, each with its broadcaster, nobody watching`,
  async run({ quick, log, signal }) {
    const states: RoomsState[] = [];
    const plan = [
      { count: 1, broadcasting: false },
      { count: ROOMS, broadcasting: false },
      { count: ROOMS, broadcasting: true },
    ];
    for (const { count, broadcasting } of plan) {
      const options = { kind: 'spillway', rooms: count, shape: SHAPE, signal } as const;
      const state = await onStage(
        options,
        (stage) => stateOf(stage, count, broadcasting, quick ? 3 : 20),
        broadcasting,
      );
      log(
        `${count} rooms${broadcasting ? ', live' : ''}: Node ${percent(state.nodeCores)}, ${megabytes(state.node)}`,
      );
      states.push(state);
    }
    return roomsResult(states);
  },
};

/** Looks at a stage for some seconds. */
export async function stateOf(
  stage: Stage,
  count: number,
  broadcasting: boolean,
  seconds: number,
): Promise<RoomsState> {
  const { subject } = stage;
  await stage.wait(3);
  const read = () => ({
    node: usageOf(subject.nodePid),
    workers: sum(subject.workerPids.map((pid) => usageOf(pid).cpuSeconds)),
    at: performance.now(),
  });
  const before = read();
  await stage.wait(seconds);
  const after = read();
  const elapsed = (after.at - before.at) / 1000;
  const { heap } = await subject.probe();
  return {
    rooms: count,
    broadcasting,
    startSeconds: subject.startSeconds,
    node: usageOf(subject.nodePid).memory,
    workers: sum(subject.workerPids.map((pid) => usageOf(pid).memory)),
    heap,
    nodeCores: (after.node.cpuSeconds - before.node.cpuSeconds) / elapsed,
    workerCores: (after.workers - before.workers) / elapsed,
  };
}

/** Sums up the states: few rooms, many, many with broadcasters. */
export function roomsResult(states: readonly RoomsState[]): ScenarioResult {
  const [few] = states;
  const perRoom = (state: RoomsState, value: (each: RoomsState) => number) =>
    few && state.rooms > few.rooms ? (value(state) - value(few)) / (state.rooms - few.rooms) : Number.NaN;
  const row = (name: string, cell: (state: RoomsState) => string) => [name, ...states.map(cell)];
  return {
    name: rooms.name,
    title: rooms.title,
    method:
      'Rooms of the configuration with a source of type rtp, one worker; waiting for media, and each with a broadcast of ' +
      `${SHAPE.frameRate} packets a second that nobody watches.`,
    targets: [],
    tables: [
      {
        title: 'Idle rooms',
        head: ['', ...states.map((state) => `${state.rooms}${state.broadcasting ? ', live' : ''}`)],
        rows: [
          row('from start to ready', ({ startSeconds }) => `${number(startSeconds)} s`),
          row('Node, of one core', ({ nodeCores }) => percent(nodeCores)),
          row('worker, of one core', ({ workerCores }) => percent(workerCores)),
          row('Node', ({ node }) => megabytes(node)),
          row('worker', ({ workers }) => megabytes(workers)),
          row('Node, a room', (state) => kilobytes(perRoom(state, ({ node }) => node))),
          row('heap, a room', (state) => kilobytes(perRoom(state, ({ heap }) => heap))),
          row('worker, a room', (state) => kilobytes(perRoom(state, ({ workers }) => workers))),
        ],
      },
    ],
    charts: [],
  };
}
