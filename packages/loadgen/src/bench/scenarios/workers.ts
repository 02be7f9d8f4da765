import { factor, number, percent } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { type Interval, totalMicros } from '../stage/interval.ts';
import { onStage } from '../stage/stage.ts';
import { median } from '../statistics.ts';
import { SpillwaySubject } from '../subject/spillway.ts';
import { interleave, type Scenario } from './scenario.ts';

/** More than a worker takes before viewers spill to the next one. */
const VIEWERS = 300;
const WANTED_GAIN = 1.8;

export interface WorkersRound {
  readonly measured: Interval;
  /** Viewers on each worker, in the order of the interval's workers. */
  readonly viewers: readonly number[];
}

export interface WorkersRounds {
  readonly one: readonly WorkersRound[];
  readonly two: readonly WorkersRound[];
}

/** One room on one worker, and the same on two of them. */
export const workers: Scenario = {
  name: 'workers',
  title: `One room of ${VIEWERS} viewers on one worker and on two`,
  async run({ quick, log, signal }) {
    const rounds = await interleave([1, 2] as const, quick ? 1 : 4, (count, round) =>
      onStage({ kind: 'spillway', workers: count, signal }, async (stage): Promise<WorkersRound> => {
        const { subject } = stage;
        if (!(subject instanceof SpillwaySubject)) throw new Error('workers are told by the server alone');
        await stage.join(VIEWERS);
        await stage.wait(3);
        const viewers = await subject.workerViewers();
        const measured = await stage.measure(quick ? 4 : 10);
        const split = measured.eachWorkerCores.map((cores, at) => `${viewers[at]} take ${percent(cores)}`);
        log(`round ${round + 1}, ${count} workers: ${split.join(', ')}`);
        return { measured, viewers };
      }),
    );
    return workersResult({ one: rounds.get(1) ?? [], two: rounds.get(2) ?? [] });
  },
};

/**
 * Viewers that the workers carry when each of them is full, by what a viewer costs on each. A worker without viewers
 * carries none.
 */
export function capacity({ measured, viewers }: WorkersRound): number {
  return measured.eachWorkerCores.reduce((all, cores, at) => all + (viewers[at] ?? 0) / cores, 0);
}

/** Sums up the rounds. */
export function workersResult({ one, two }: WorkersRounds): ScenarioResult {
  const gain = median(two.map(capacity)) / median(one.map(capacity));
  const row = (name: string, cell: (round: WorkersRound) => number, text: (value: number) => string) => [
    name,
    text(median(one.map(cell))),
    text(median(two.map(cell))),
  ];
  const on = (at: number) => (round: WorkersRound) => round.viewers.toSorted((a, b) => b - a)[at] ?? 0;
  return {
    name: workers.name,
    title: workers.title,
    method:
      `${VIEWERS} viewers of one room, VP8 of 1.5 Mbps; ${one.length} rounds of each, in turns; medians. The viewers share the machine with ` +
      'the server, so two full workers have no room on it. What they would carry is worked out from what a viewer costs on each of ' +
      'them, the pipe between them included: viewers by CPU on the one, and on the other.',
    targets: [
      {
        name: 'What two workers carry beside one',
        wanted: `at least ${WANTED_GAIN}`,
        measured: factor(gain),
        met: gain >= WANTED_GAIN,
        saturated: [...one, ...two].some(({ measured }) => measured.saturated),
      },
    ],
    tables: [
      {
        title: 'One room',
        head: ['', 'one worker', 'two workers'],
        rows: [
          row('viewers that full workers carry', capacity, number),
          row('viewers on the first', on(0), number),
          row('viewers on the second', on(1), number),
          row('all workers, us a packet', ({ measured }) => measured.workerMicros, number),
          row('workers and Node, us a packet', ({ measured }) => totalMicros(measured), number),
          row('all workers, of one core', ({ measured }) => measured.workerCores, percent),
          row('lost packets', ({ measured }) => Math.max(0, measured.lost), number),
          row('machine idle', ({ measured }) => measured.machine.idle, percent),
        ],
      },
    ],
    charts: [],
  };
}
