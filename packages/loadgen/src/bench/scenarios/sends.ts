import { VethNetwork } from '../network/veth.ts';
import { factor, milliseconds, number, percent } from '../report/format.ts';
import type { ScenarioResult, Target } from '../report/result.ts';
import type { Interval } from '../stage/interval.ts';
import { steady } from '../stage/steady.ts';
import { median, ratio } from '../statistics.ts';
import type { Scenario, ScenarioContext } from './scenario.ts';
import { type BothSides, lacking, onSides, type Side, sidesFor, switchedOff } from './sides.ts';

const FEATURE = 'segmented-sends';
const WANTED_RATIO = 0.8;
/** For which that is wanted. */
const WANTED_AT = 250;

/** Viewers, and how their packets come to them. */
export interface SendsCase {
  readonly path: 'loopback' | 'veth';
  readonly viewers: number;
  /** That two cores carry for so many viewers. Bits per second. */
  readonly bitrate: number;
}

const CROWDS = [
  { viewers: 100, bitrate: 1_500_000 },
  { viewers: WANTED_AT, bitrate: 1_500_000 },
  { viewers: 400, bitrate: 800_000 },
] as const;

/** What was measured of a case. */
export interface SendsMeasured extends SendsCase {
  readonly rounds: BothSides<Interval>;
}

/** What a packet costs a worker that sends several in one call. */
export const sends: Scenario = {
  name: 'sends',
  title: 'CPU a packet with and without segmented sends',
  async run(context) {
    const sides = await sidesFor(FEATURE, context);
    let reason = '';
    const network = await VethNetwork.create().catch((error: Error) => {
      reason = error.message.split('\n')[0] ?? '';
      context.log(`without a veth pair: ${reason}`);
      return undefined;
    });
    try {
      return sendsResult(await measure(sides, network, context), reason);
    } finally {
      await network?.close();
    }
  },
};

async function measure(
  sides: readonly Side[],
  network: VethNetwork | undefined,
  { quick, log, signal }: ScenarioContext,
): Promise<SendsMeasured[]> {
  const crowds = CROWDS.filter(({ viewers }) => !quick || viewers === WANTED_AT);
  const paths = network ? (['loopback', 'veth'] as const) : (['loopback'] as const);
  const cases = paths.flatMap((path) => crowds.map((crowd): SendsCase => ({ path, ...crowd })));
  return onSides(cases, sides, quick ? 1 : 2, async ({ path, viewers, bitrate }, side) => {
    const way = path === 'veth' && network ? { address: network.address, launcher: network.launcher } : {};
    const without = switchedOff(FEATURE, side);
    const options = { kind: 'spillway', without, shape: { bitrate }, signal, ...way } as const;
    const measured = await steady(options, viewers, quick ? 4 : 5);
    log(`${viewers} viewers by ${path}, ${side}: ${number(measured.workerMicros)} us a packet`);
    return measured;
  });
}

/**
 * Sums up the cases.
 *
 * @param reason why there is no veth pair; empty: there is one
 */
export function sendsResult(measured: readonly SendsMeasured[], reason = ''): ScenarioResult {
  const isThere = measured.some(({ rounds }) => rounds.with.length > 0);
  const rounds = measured[0]?.rounds.without.length ?? 0;
  return {
    name: sends.name,
    title: sends.title,
    method:
      `VP8 at 30 frames a second to one worker’s viewers, on loopback and through a pair of virtual Ethernet devices (veth) into a network ` +
      `namespace. The same worker on both sides, segmented sends switched off on one; ${rounds} rounds in turns, medians; ratios are those of one round. ` +
      'The receivers are the processes that play the viewers, SRTP and JavaScript included.' +
      (reason ? ` Without veth: ${reason}.` : ''),
    reading: isThere ? reading(measured) : lacking(FEATURE),
    targets: isThere ? targets(measured) : [],
    tables: [
      {
        title: 'CPU',
        head: [
          'viewers',
          'Mbps',
          ...(isThere
            ? [
                'without, us a packet',
                'with, us a packet',
                'ratio',
                'receivers’ ratio',
                'p99 delay without',
                'with',
              ]
            : ['without, us a packet', 'receivers, us a packet', 'p99 delay']),
          'lost',
          'machine idle',
        ],
        rows: measured.map(({ path, viewers, bitrate, rounds: { without, with: segmented } }) => {
          const all = [...without, ...segmented];
          const of = (side: readonly Interval[], value: (each: Interval) => number) =>
            median(side.map(value));
          const p99 = ({ delay }: Interval) => delay.p99;
          return [
            `${viewers}, ${path}`,
            `${bitrate / 1e6}`,
            number(of(without, workerMicros)),
            ...(isThere
              ? [
                  number(of(segmented, workerMicros)),
                  factor(ratio(segmented.map(workerMicros), without.map(workerMicros))),
                  factor(ratio(segmented.map(receiverMicros), without.map(receiverMicros))),
                  milliseconds(of(without, p99)),
                  milliseconds(of(segmented, p99)),
                ]
              : [number(of(without, receiverMicros)), milliseconds(of(without, p99))]),
            `${all.reduce((total, { lost }) => total + Math.max(0, lost), 0)}`,
            `${percent(of(all, ({ machine }) => machine.idle))}${all.some(({ saturated }) => saturated) ? ' ⚠' : ''}`,
          ];
        }),
      },
    ],
    charts: [],
  };
}

const workerMicros = (each: Interval) => each.workerMicros;

/** CPU of the viewers' processes for each packet. Microseconds. */
function receiverMicros({ generatorCores, seconds, packets }: Interval): number {
  return (1e6 * generatorCores * seconds) / packets;
}

function costRatio({ rounds }: SendsMeasured): number {
  return ratio(rounds.with.map(workerMicros), rounds.without.map(workerMicros));
}

function reading(measured: readonly SendsMeasured[]): string {
  const costs = measured
    .filter(({ viewers }) => viewers === WANTED_AT)
    .map((each) => `${factor(costRatio(each))} by ${each.path}`);
  return `a packet to ${WANTED_AT} viewers costs the worker ${costs.join(' and ')} of what it costs without.`;
}

function targets(measured: readonly SendsMeasured[]): Target[] {
  return measured
    .filter(({ path, viewers }) => path === 'loopback' && viewers === WANTED_AT)
    .map((each) => {
      const { viewers, rounds } = each;
      const cost = costRatio(each);
      return {
        name: `Worker’s CPU a packet with segmented sends beside without, ${viewers} viewers, loopback`,
        wanted: `at most ${factor(WANTED_RATIO)}`,
        measured: factor(cost),
        met: cost <= WANTED_RATIO,
        saturated: [...rounds.with, ...rounds.without].some(({ saturated }) => saturated),
      };
    });
}
