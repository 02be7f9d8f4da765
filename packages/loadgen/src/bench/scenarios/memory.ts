import { descriptorsOf, usageOf } from '../machine/process-usage.ts';
import { kilobytes, megabytes, number } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import { onStage, type Stage } from '../stage/stage.ts';
import { slope, sum } from '../statistics.ts';
import type { ProbeReport } from '../subject/probe-report.ts';
import type { SubjectKind } from '../subject/subject.ts';
import type { Scenario } from './scenario.ts';

const STEPS = [50, 100, 150, 200] as const;
const QUICK_STEPS = [50, 200] as const;
/** Viewers that come and go before anything is measured, so that code and pools are there. */
const WARM_UP = 50;
const WANTED_BYTES = 150_000;
/** What may be left of the heap when all are gone: caches that have filled. Bytes. */
const HEAP_REST = 1_000_000;

/** What the processes hold at a moment. */
export interface Holding {
  readonly viewers: number;
  /** Resident memory. Bytes. */
  readonly node: number;
  readonly workers: number;
  readonly descriptors: number;
  readonly probe: ProbeReport;
}

export interface MemoryRun {
  readonly kind: SubjectKind;
  /** With nobody there, after the warm-up. */
  readonly empty: Holding;
  /** With more and more viewers. */
  readonly steps: readonly Holding[];
  /** After all have left. */
  readonly after: Holding;
}

/** What viewers hold of memory and handles, and whether all of it comes back. */
export const memory: Scenario = {
  name: 'memory',
  title: 'Memory and handles of viewers',
  async run({ quick, log, signal }) {
    const runs: MemoryRun[] = [];
    for (const kind of ['bare', 'spillway'] as const) {
      const run = await onStage({ kind, signal }, async (stage): Promise<MemoryRun> => {
        await stage.join(WARM_UP);
        await stage.wait(3);
        await stage.leave(await stage.fleet());
        const empty = await holding(stage, 0, quick ? 3 : 10);
        const steps: Holding[] = [];
        for (const viewers of quick ? QUICK_STEPS : STEPS) {
          await stage.join(viewers - (steps.at(-1)?.viewers ?? 0));
          steps.push(await holding(stage, viewers, quick ? 4 : 8));
        }
        await stage.leave(await stage.fleet());
        return { kind, empty, steps, after: await holding(stage, 0, quick ? 3 : 10) };
      });
      log(
        `${kind}: ${kilobytes(perViewer(run, live))} in Node, ${kilobytes(perViewer(run, ({ workers }) => workers))} in the worker`,
      );
      runs.push(run);
    }
    return memoryResult(runs);
  },
};

async function holding(stage: Stage, viewers: number, settle: number): Promise<Holding> {
  await stage.wait(settle);
  const { nodePid, workerPids } = stage.subject;
  // Collects garbage too.
  const probe = await stage.subject.probe();
  return {
    viewers,
    node: usageOf(nodePid).memory,
    workers: sum(workerPids.map((pid) => usageOf(pid).memory)),
    descriptors: descriptorsOf(nodePid).all,
    probe,
  };
}

/** Bytes by which something grows with each viewer. */
function perViewer({ empty, steps }: MemoryRun, value: (each: Holding) => number): number {
  return slope([empty, ...steps].map((each) => ({ x: each.viewers, y: value(each) })));
}

/**
 * What the control process needs. Its resident memory moves by more than viewers take, with what V8 keeps for the next
 * crowd.
 */
const live = ({ probe }: Holding) => probe.heap + probe.external;

const handleCount = ({ probe }: Holding) => sum(Object.values(probe.handles));

/** Sums up a run of each side. */
export function memoryResult(runs: readonly MemoryRun[]): ScenarioResult {
  const spillway = runs.find(({ kind }) => kind === 'spillway');
  if (!spillway) throw new Error('the server was not measured');
  const { empty, after } = spillway;
  const both = perViewer(spillway, live) + perViewer(spillway, ({ workers }) => workers);
  const objects = ({ probe }: Holding) => probe.mediasoup.transports + probe.mediasoup.consumers;
  const rest = after.probe.heap - empty.probe.heap;
  const back =
    rest <= HEAP_REST && after.descriptors <= empty.descriptors && objects(after) <= objects(empty);
  const row = (name: string, cell: (run: MemoryRun) => string) => [name, ...runs.map(cell)];
  return {
    name: memory.name,
    title: memory.title,
    method:
      `${spillway.steps.map(({ viewers }) => viewers).join(', ')} viewers of 1.5 Mbps in one room after ${WARM_UP} have come and gone. Of Node what is live after garbage collection, of the worker ` +
      'what is resident; a viewer’s part is the median slope between all pairs of steps.',
    targets: [
      {
        name: 'Memory a viewer, Node and worker',
        wanted: `at most ${kilobytes(WANTED_BYTES)}`,
        measured: kilobytes(both),
        met: both <= WANTED_BYTES,
        saturated: false,
      },
      {
        name: 'Heap, descriptors and mediasoup objects after all have left',
        wanted: `back at their start, the heap within ${megabytes(HEAP_REST)}`,
        measured: `heap ${kilobytes(rest)}, descriptors ${after.descriptors - empty.descriptors}, objects ${objects(after) - objects(empty)}`,
        met: back,
        saturated: false,
      },
    ],
    tables: [
      {
        title: 'Memory',
        head: ['', ...runs.map(({ kind }) => (kind === 'bare' ? 'mediasoup alone' : 'Spillway'))],
        rows: [
          row('Node, live, a viewer', (run) => kilobytes(perViewer(run, live))),
          row('worker, resident, a viewer', (run) => kilobytes(perViewer(run, ({ workers }) => workers))),
          row('descriptors, a viewer', (run) => number(perViewer(run, ({ descriptors }) => descriptors))),
          row('Node, resident, nobody there', (run) => megabytes(run.empty.node)),
          row('worker, resident, nobody there', (run) => megabytes(run.empty.workers)),
          row(
            'heap, before and after',
            (run) => `${megabytes(run.empty.probe.heap)}, ${megabytes(run.after.probe.heap)}`,
          ),
          row(
            'Node, resident, before and after',
            (run) => `${megabytes(run.empty.node)}, ${megabytes(run.after.node)}`,
          ),
          row(
            'worker, resident, before and after',
            (run) => `${megabytes(run.empty.workers)}, ${megabytes(run.after.workers)}`,
          ),
          row('descriptors, before and after', (run) => `${run.empty.descriptors}, ${run.after.descriptors}`),
          row('handles, before and after', (run) => `${handleCount(run.empty)}, ${handleCount(run.after)}`),
        ],
      },
    ],
    charts: [
      {
        title: 'Resident memory by number of viewers, Spillway',
        xTitle: 'viewers',
        yTitle: 'MB',
        series: [
          { name: 'Node, live', points: seriesOf(spillway, live) },
          { name: 'worker', points: seriesOf(spillway, ({ workers }) => workers) },
        ],
      },
    ],
  };
}

function seriesOf({ empty, steps }: MemoryRun, value: (each: Holding) => number) {
  return [empty, ...steps].map((each) => ({ x: each.viewers, y: value(each) / 1e6 }));
}
