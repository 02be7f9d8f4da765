import { factor, milliseconds, number, percent } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { type Interval, totalMicros } from '../stage/interval.ts';
import { steady } from '../stage/steady.ts';
import { median, ratio } from '../statistics.ts';
import type { SubjectKind } from '../subject/subject.ts';
import { interleave, type Scenario } from './scenario.ts';

const VIEWERS = 200;
const WANTED_RATIO = 1.05;
/** Below this part of its core a worker has to lose nothing. */
const CALM_CORES = 0.7;

/** What each side gave, by round. */
export interface CostRounds {
  readonly bare: readonly Interval[];
  readonly spillway: readonly Interval[];
}

/** What a packet costs the server, and how late it comes, beside mediasoup alone. */
export const cost: Scenario = {
  name: 'cost',
  title: `CPU a packet and delay, ${VIEWERS} viewers, one worker`,
  async run({ quick, log, signal }) {
    const kinds: readonly SubjectKind[] = ['bare', 'spillway'];
    const rounds = await interleave(kinds, quick ? 1 : 4, async (kind, round) => {
      const measured = await steady({ kind, signal }, VIEWERS, quick ? 5 : 10);
      log(`round ${round + 1}, ${kind}: ${number(totalMicros(measured))} us a packet`);
      return measured;
    });
    return costResult({ bare: rounds.get('bare') ?? [], spillway: rounds.get('spillway') ?? [] });
  },
};

/** Sums up the rounds. */
export function costResult({ bare, spillway }: CostRounds): ScenarioResult {
  const saturated = [...bare, ...spillway].some((each) => each.saturated);
  const total = ratio(spillway.map(totalMicros), bare.map(totalMicros));
  const calm = [...bare, ...spillway].filter(({ workerCores }) => workerCores < CALM_CORES);
  const lost = calm.reduce((all, each) => all + Math.max(0, each.lost), 0);
  return {
    name: cost.name,
    title: cost.title,
    method:
      `${VIEWERS} viewers of 1.5 Mbps VP8 at 30 frames a second on one worker; ${bare.length} rounds of each side, in turns, ` +
      'each with fresh processes; medians. CPU is that of the kernel’s scheduler for all threads, user and system.',
    targets: [
      {
        name: `CPU beside mediasoup alone, ${VIEWERS} viewers`,
        wanted: `at most ${WANTED_RATIO}`,
        measured: factor(total),
        met: total <= WANTED_RATIO,
        saturated,
      },
      {
        name: `Packets lost below ${percent(CALM_CORES)} of a worker’s core`,
        wanted: '0',
        measured: calm.length > 0 ? `${lost}` : '-',
        met: calm.length > 0 && lost === 0,
        saturated,
      },
    ],
    tables: [costTable({ bare, spillway }), delayTable({ bare, spillway })],
    charts: [],
  };
}

function costTable(rounds: CostRounds) {
  const row = (name: string, value: (each: Interval) => number, text: (value: number) => string) => {
    const [bare, spillway] = [rounds.bare.map(value), rounds.spillway.map(value)];
    return [name, text(median(bare)), text(median(spillway)), factor(ratio(spillway, bare))];
  };
  return {
    title: 'CPU',
    head: ['', 'mediasoup alone', 'Spillway', 'ratio'],
    rows: [
      row('worker, us a packet', ({ workerMicros }) => workerMicros, number),
      row('Node, us a packet', ({ nodeMicros }) => nodeMicros, number),
      row('both, us a packet', totalMicros, number),
      row('worker, of one core', ({ workerCores }) => workerCores, percent),
      row('Node, of one core', ({ nodeCores }) => nodeCores, percent),
      row('viewers, of one core', ({ generatorCores }) => generatorCores, percent),
      row('machine idle', ({ machine }) => machine.idle, percent),
    ],
  };
}

function delayTable({ bare, spillway }: CostRounds) {
  const row = (name: string, value: (each: Interval) => number) => [
    name,
    milliseconds(median(bare.map(value))),
    milliseconds(median(spillway.map(value))),
  ];
  return {
    title: 'Delay from the sender’s clock to a viewer’s code',
    head: ['', 'mediasoup alone', 'Spillway'],
    rows: [
      row('p50', ({ delay }) => delay.p50),
      row('p95', ({ delay }) => delay.p95),
      row('p99', ({ delay }) => delay.p99),
    ],
  };
}
