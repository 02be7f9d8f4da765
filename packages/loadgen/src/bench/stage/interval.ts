import type { FleetSample } from '../../fleet/sample.ts';
import { type HistogramData, LogHistogram } from '../../meter/log-histogram.ts';
import { isSaturated, type MachineTicks, type MachineUsage, machineUsage } from '../machine/machine-usage.ts';
import type { ProcessUsage } from '../machine/process-usage.ts';
import { sum } from '../statistics.ts';

/** All that is read at one moment of a run. */
export interface Snapshot {
  readonly fleet: FleetSample;
  readonly node: ProcessUsage;
  readonly workers: readonly ProcessUsage[];
  readonly machine: MachineTicks;
}

/** Times of many packets or frames. Seconds; NaN when there were none. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What happened between two snapshots. */
export interface Interval {
  readonly seconds: number;
  /** Packets that all viewers received. */
  readonly packets: number;
  /** Packets that never came, of those viewers that count theirs. */
  readonly lost: number;
  /** CPU a packet. Microseconds. */
  readonly workerMicros: number;
  readonly nodeMicros: number;
  /** CPU as parts of one core. */
  readonly workerCores: number;
  /** Each worker, in the order of the subject's. */
  readonly eachWorkerCores: readonly number[];
  readonly nodeCores: number;
  /** Of the processes that play the viewers. */
  readonly generatorCores: number;
  /** From the sender's stamp to a viewer's code. */
  readonly delay: Times;
  /** From a frame to the next. */
  readonly gaps: Times;
  readonly freezes: number;
  readonly machine: MachineUsage;
  readonly saturated: boolean;
}

/** @param countOneIn one viewer in so many counts its packets */
export function interval(before: Snapshot, after: Snapshot, countOneIn: number): Interval {
  const seconds = (after.fleet.at - before.fleet.at) / 1e6;
  const counted = received(after.fleet) - received(before.fleet);
  const packets = counted * countOneIn;
  const workers = after.workers.map(
    (usage, index) => usage.cpuSeconds - (before.workers[index]?.cpuSeconds ?? Number.NaN),
  );
  const worker = sum(workers);
  const node = after.node.cpuSeconds - before.node.cpuSeconds;
  const machine = machineUsage(before.machine, after.machine);
  return {
    seconds,
    packets,
    lost: after.fleet.video.lost - before.fleet.video.lost,
    workerMicros: (1e6 * worker) / packets,
    nodeMicros: (1e6 * node) / packets,
    workerCores: worker / seconds,
    eachWorkerCores: workers.map((cpuSeconds) => cpuSeconds / seconds),
    nodeCores: node / seconds,
    generatorCores: (after.fleet.cpuSeconds - before.fleet.cpuSeconds) / seconds,
    delay: timesBetween(before.fleet.delay, after.fleet.delay),
    gaps: timesBetween(before.fleet.gaps, after.fleet.gaps),
    freezes: after.fleet.freezes - before.fleet.freezes,
    machine,
    saturated: isSaturated(machine),
  };
}

function received({ audio, video }: FleetSample): number {
  return audio.packets + video.packets;
}

/** The times that came between two states of a histogram. */
export function timesBetween(before: HistogramData, after: HistogramData): Times {
  const histogram = LogHistogram.from(after);
  histogram.add(before, -1);
  const at = (part: number) => (histogram.quantile(part) ?? Number.NaN) / 1e6;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Control process and workers together, a packet. Microseconds. */
export function totalMicros({ workerMicros, nodeMicros }: Interval): number {
  return workerMicros + nodeMicros;
}
