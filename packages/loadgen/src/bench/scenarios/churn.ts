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
  /** Open transports and consumers of mediasoup. */
  readonly objects: number;
}

/** Viewers that come and go all the time. */
export const churn: Scenario = {
  name: 'churn',
  title: `${VIEWERS} viewers that stay ${STAY_SECONDS} s each, over and over`,
  async run({ quick, log, signal }) {
    const seconds = quick ? 60 : 600;
    const options = {
      kind: 'spillway',
      shape: { bitrate: BITRATE },
      churnSeconds: STAY_SECONDS,
      signal,
    } as const;
    const samples = await onStage(options, async (stage) => {
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
      return taken;
    });
    return churnResult(samples);
  },
};

async function sampleOf(stage: Stage, at: number, visits: number): Promise<ChurnSample> {
  const { nodePid, workerPids } = stage.subject;
  const { heap, mediasoup } = await stage.subject.probe();
  return {
    at,
    visits,
    heap,
    node: usageOf(nodePid).memory,
    workers: sum(workerPids.map((pid) => usageOf(pid).memory)),
    descriptors: descriptorsOf(nodePid).all,
    objects: mediasoup.transports + mediasoup.consumers,
  };
}

/** Growth of a value over the time of its points, as a part of its median. */
export function growth(points: readonly Point[]): number {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return Number.NaN;
  return (slope(points) * (last.x - first.x)) / median(points.map(({ y }) => y));
}

/** Sums up the samples. */
export function churnResult(samples: readonly ChurnSample[]): ScenarioResult {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  const seriesOf = (value: (each: ChurnSample) => number) =>
    settled.map((each) => ({ x: each.at, y: value(each) }));
  const visits = (settled.at(-1)?.visits ?? 0) - (settled[0]?.visits ?? 0);
  const kinds = [
    { name: 'heap', value: ({ heap }: ChurnSample) => heap, text: megabytes },
    { name: 'Node', value: ({ node }: ChurnSample) => node, text: megabytes },
    { name: 'worker', value: ({ workers }: ChurnSample) => workers, text: megabytes },
    { name: 'descriptors', value: ({ descriptors }: ChurnSample) => descriptors, text: number },
    { name: 'transports and consumers', value: ({ objects }: ChurnSample) => objects, text: number },
  ];
  const grown = kinds.map(({ name, value, text }) => ({
    name,
    middle: text(median(settled.map(value))),
    growth: growth(seriesOf(value)),
  }));
  return {
    name: churn.name,
    title: churn.title,
    method:
      `Exponentially distributed stays, ${number(samples.at(-1)?.at ?? 0)} s in all, looked at every ${INTERVAL} s after garbage collection; the first quarter ` +
      'counts for nothing. Growth is the median slope between all pairs of looks, over the measured time.',
    targets: grown.map((each) => ({
      name: `Growth under churn: ${each.name}`,
      wanted: `at most ${percent(FLAT)}`,
      measured: percent(each.growth),
      met: each.growth <= FLAT,
      saturated: false,
    })),
    tables: [
      {
        title: `${visits} visits`,
        head: ['', 'median', 'growth', 'a visit'],
        rows: grown.map(({ name, middle, growth: part }, index) => [
          name,
          middle,
          percent(part),
          index < 3
            ? kilobytes((part * median(settled.map(kinds[index]?.value ?? (() => Number.NaN)))) / visits)
            : '',
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
