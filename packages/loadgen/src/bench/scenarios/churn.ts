import { descriptorsOf, usageOf } from '../machine/process-usage.ts';
import { kilobytes, megabytes, number, percent } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { onStage, type Stage } from '../stage/stage.ts';
import { median, type Point, slope, sum } from '../statistics.ts';
import type { Scenario } from './scenario.ts';

const VIEWERS = 60;
const STAY_SECONDS = 3;
const BITRATE = 300_000;
/** From one look to the next. Seconds. */
const INTERVAL = 5;
/** The first part of the time, in which pools and caches fill, counts for nothing. */
const WARM_UP = 0.25;
/** Growth over the measured time that counts as flat, as a part of what there is. */
const FLAT = 0.05;

/** What is held at a moment. */
export interface ChurnSample {
  /** Seconds since the first one. */
  readonly at: number;
  readonly visits: number;
  /** Bytes. */
  readonly heap: number;
  readonly node: number;
  readonly workers: number;
  readonly descriptors: number;
}

export interface ChurnRun {
  readonly samples: readonly ChurnSample[];
  /** Transports and consumers of mediasoup that are still open when all have left. */
  readonly left: number;
}

/** Viewers that come and go all the time. */
export const churn: Scenario = {
  name: 'churn',
  title: `${VIEWERS} viewers that stay ${STAY_SECONDS} s each, over and over`,
  async run({ quick, log, signal }) {
    const seconds = quick ? 40 : 600;
    const options = {
      kind: 'spillway',
      shape: { bitrate: BITRATE },
      churnSeconds: STAY_SECONDS,
      signal,
    } as const;
    const run = await onStage(options, async (stage): Promise<ChurnRun> => {
      const before = await objectsOf(stage);
      const fleet = await stage.fleet();
      fleet.join(VIEWERS, STAY_SECONDS);
      const start = performance.now();
      const taken: ChurnSample[] = [];
      while (performance.now() - start < 1000 * seconds) {
        await stage.wait(INTERVAL);
        const { started, reasons } = await fleet.sample();
        taken.push(await sampleOf(stage, (performance.now() - start) / 1000, started));
        if (taken.length % 12 === 0)
          log(`${number(started)} visits, heap ${megabytes(taken.at(-1)?.heap ?? 0)}`);
        for (const { reason, count } of reasons) log(`${count} viewers are gone: ${reason}`);
      }
      await stage.leave(fleet);
      await stage.wait(INTERVAL);
      return { samples: taken, left: (await objectsOf(stage)) - before };
    });
    return churnResult(run);
  },
};

async function objectsOf({ subject }: Stage): Promise<number> {
  const { mediasoup } = await subject.probe();
  return mediasoup.transports + mediasoup.consumers;
}

async function sampleOf(stage: Stage, at: number, visits: number): Promise<ChurnSample> {
  const { nodePid, workerPids } = stage.subject;
  const { heap } = await stage.subject.probe();
  return {
    at,
    visits,
    heap,
    node: usageOf(nodePid).memory,
    workers: sum(workerPids.map((pid) => usageOf(pid).memory)),
    descriptors: descriptorsOf(nodePid).all,
  };
}

/** Growth of a value over the time of its points, as a part of its median. */
export function growth(points: readonly Point[]): number {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return Number.NaN;
  return (slope(points) * (last.x - first.x)) / median(points.map(({ y }) => y));
}

/** Sums up a run. */
export function churnResult({ samples, left }: ChurnRun): ScenarioResult {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  const visits = (settled.at(-1)?.visits ?? 0) - (settled[0]?.visits ?? 0);
  const grown = [
    { name: 'heap', value: ({ heap }: ChurnSample) => heap, text: kilobytes },
    { name: 'Node', value: ({ node }: ChurnSample) => node, text: kilobytes },
    { name: 'worker', value: ({ workers }: ChurnSample) => workers, text: kilobytes },
    { name: 'descriptors', value: ({ descriptors }: ChurnSample) => descriptors, text: number },
  ].map(({ name, value, text }) => {
    const middle = median(settled.map(value));
    const part = growth(settled.map((each) => ({ x: each.at, y: value(each) })));
    return { name, growth: part, middle: text(middle), perVisit: text((part * middle) / visits) };
  });
  return {
    name: churn.name,
    title: churn.title,
    method:
      `Exponentially distributed stays, ${number(samples.at(-1)?.at ?? 0)} s in all, looked at every ${INTERVAL} s after garbage collection; the first quarter ` +
      'counts for nothing. Growth is the median slope between all pairs of looks, over the measured time.',
    targets: [
      ...grown.map((each) => ({
        name: `Growth under churn: ${each.name}`,
        wanted: `at most ${percent(FLAT)}`,
        measured: percent(each.growth),
        met: each.growth <= FLAT,
        saturated: false,
      })),
      {
        name: 'Transports and consumers left when all have gone',
        wanted: '0',
        measured: `${left}`,
        met: left === 0,
        saturated: false,
      },
    ],
    tables: [
      {
        title: `${visits} visits`,
        head: ['', 'median', 'growth', 'a visit'],
        rows: grown.map(({ name, middle, growth: part, perVisit }) => [
          name,
          middle,
          percent(part),
          perVisit,
        ]),
      },
    ],
    charts: [
      {
        title: 'Memory under churn',
        xTitle: 's',
        yTitle: 'MB',
        series: [
          { name: 'heap', points: samples.map(({ at, heap }) => ({ x: at, y: heap / 1e6 })) },
          { name: 'Node', points: samples.map(({ at, node }) => ({ x: at, y: node / 1e6 })) },
          { name: 'worker', points: samples.map(({ at, workers }) => ({ x: at, y: workers / 1e6 })) },
        ],
      },
    ],
  };
}
