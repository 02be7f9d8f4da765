import { factor, number, percent } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { type Interval, totalMicros } from '../stage/interval.ts';
import { steady } from '../stage/steady.ts';
import { median, ratio } from '../statistics.ts';
import { interleave, type Scenario } from './scenario.ts';

const VIEWERS = 200;
const BITRATE = 1_000_000;
const WANTED_GAIN = 1.8;

export interface WorkersRounds {
  readonly one: readonly Interval[];
  readonly two: readonly Interval[];
}

/** One room on one worker, and the same on two of them. */
export const workers: Scenario = {
  name: 'workers',
  title: `One room of ${VIEWERS} viewers on one worker and on two`,
  async run({ quick, log, signal }) {
    const shape = { bitrate: BITRATE };
    const rounds = await interleave([1, 2] as const, quick ? 2 : 5, async (count, round) => {
      const options = { kind: 'spillway', workers: count, shape, signal } as const;
      const measured = await steady(options, VIEWERS, quick ? 5 : 10);
      const busiest = percent(measured.busiestWorkerCores);
      log(
        `round ${round + 1}, ${count} workers: busiest ${busiest}, ${number(totalMicros(measured))} us a packet`,
      );
      return measured;
    });
    return workersResult({ one: rounds.get(1) ?? [], two: rounds.get(2) ?? [] });
  },
};

/** Packets for each second of the busiest worker: what a room can have before that worker is full. */
function capacity({ packets, seconds, busiestWorkerCores }: Interval): number {
  return packets / seconds / busiestWorkerCores;
}

/** Sums up the rounds. */
export function workersResult({ one, two }: WorkersRounds): ScenarioResult {
  const gain = ratio(two.map(capacity), one.map(capacity));
  const row = (name: string, value: (each: Interval) => number, text: (value: number) => string) => [
    name,
    text(median(one.map(value))),
    text(median(two.map(value))),
    factor(ratio(two.map(value), one.map(value))),
  ];
  return {
    name: workers.name,
    title: workers.title,
    method:
      `${VIEWERS} viewers of one room, VP8 of ${BITRATE / 1e6} Mbps; ${one.length} rounds of each, in turns; medians. The viewers share the ` +
      'machine with the server, so what two workers carry is told by CPU, not by how many viewers fit: packets for each second ' +
      'of CPU of the busiest worker, which is full first. The pipe between the workers is in it.',
    targets: [
      {
        name: 'What two workers carry beside one',
        wanted: `at least ${WANTED_GAIN}`,
        measured: factor(gain),
        met: gain >= WANTED_GAIN,
        saturated: [...one, ...two].some(({ saturated }) => saturated),
      },
    ],
    tables: [
      {
        title: 'One room',
        head: ['', 'one worker', 'two workers', 'ratio'],
        rows: [
          row('packets for a second of the busiest worker', capacity, number),
          row('all workers, us a packet', ({ workerMicros }) => workerMicros, number),
          row('Node, us a packet', ({ nodeMicros }) => nodeMicros, number),
          row('all workers, of one core', ({ workerCores }) => workerCores, percent),
          row('busiest worker, of one core', ({ busiestWorkerCores }) => busiestWorkerCores, percent),
          row('lost packets', ({ lost }) => Math.max(0, lost), number),
          row('machine idle', ({ machine }) => machine.idle, percent),
        ],
      },
    ],
    charts: [],
  };
}
