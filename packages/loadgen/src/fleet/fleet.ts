import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from '../process/child-program.ts';
import { mergeSamples } from './merge-samples.ts';
import {
  type Arrivals,
  type CrowdOptions,
  checkReport,
  type FleetCommand,
  type FleetReport,
} from './messages.ts';
import type { FleetSample, VisitResult } from './sample.ts';

/** Viewers for which one process does well: all of them share its JavaScript thread. */
const VIEWERS_PER_PROCESS = 150;

type Member = ChildProgram<FleetCommand, FleetReport>;

const program = fileURLToPath(new URL('fleet-process.ts', import.meta.url));

export interface FleetOptions extends CrowdOptions {
  /** Processes that share the viewers, see {@link processesFor}. Default: one for each core. */
  readonly processes?: number;
  /** Command line in front of that of its processes, such as `ip netns exec NAME`. Default: none. */
  readonly launcher?: readonly string[];
}

/** What a fleet saw from its start to its end. */
export interface FleetResult {
  /** The last moment before the viewers left. */
  readonly sample: FleetSample;
  /** Every visit, by the time at which it began; past 5,000 for each process in the sample alone. */
  readonly visits: readonly VisitResult[];
}

/**
 * How many processes a number of viewers is shared out to: one for every 150. Fewer cost less, because what arrives together is
 * then read in one go; more wait less for the thread of their process, which is in their delay.
 */
export function processesFor(viewers: number): number {
  return Math.max(1, Math.ceil(viewers / VIEWERS_PER_PROCESS));
}

/**
 * Viewers in several processes of their own, so that they do not wait for each other nor for the caller. They end when the
 * caller's process does.
 */
export class Fleet {
  readonly #members: readonly Member[];
  #viewers = 0;

  /** @throws when the server cannot be reached */
  static async start({
    processes = availableParallelism(),
    launcher,
    ...options
  }: FleetOptions): Promise<Fleet> {
    const starting = await Promise.allSettled(
      Array.from({ length: processes }, () => startMember(options, launcher)),
    );
    const members = starting.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failure = starting.find((each) => each.status === 'rejected');
    if (failure) {
      for (const member of members) member.kill();
      throw failure.reason;
    }
    return new Fleet(members);
  }

  private constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** Viewers that were told to join. */
  get viewers(): number {
    return this.#viewers;
  }

  /** Process ids. */
  get pids(): number[] {
    return this.#members.flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Lets further viewers join, one after the other in even steps; the rooms take turns.
   *
   * @param rampSeconds over how long, default 0: all at once
   */
  join(count: number, rampSeconds = 0): void {
    const spacing = (1000 * rampSeconds) / Math.max(1, count);
    const shares: Arrivals[] = this.#members.map(() => []);
    for (let index = 0; index < count; index += 1) {
      const viewer = this.#viewers + index;
      shares[viewer % shares.length]?.push({ viewer, delay: index * spacing });
    }
    this.#viewers += count;
    for (const [index, arrivals] of shares.entries()) this.#members[index]?.send({ type: 'join', arrivals });
  }

  /**
   * What all have seen until now.
   *
   * @throws when a process is gone
   */
  async sample(): Promise<FleetSample> {
    const reports = await Promise.all(
      this.#members.map((member) => member.ask({ type: 'sample' }, 'sample')),
    );
    return merged(reports.map(({ sample }) => sample));
  }

  /**
   * All leave, and the processes end.
   *
   * @throws when a process is gone
   */
  async stop(): Promise<FleetResult> {
    try {
      const reports = await Promise.all(
        this.#members.map((member) => member.ask({ type: 'stop' }, 'stopped')),
      );
      const visits = reports
        .flatMap((report) => report.visits)
        .toSorted((one, other) => one.startedAt - other.startedAt);
      return { sample: merged(reports.map(({ sample }) => sample)), visits };
    } finally {
      this.kill();
    }
  }

  /** Ends the processes at once. Idempotent. */
  kill(): void {
    for (const member of this.#members) member.kill();
  }
}

function merged(samples: readonly FleetSample[]): FleetSample {
  const sample = mergeSamples(samples);
  if (!sample) throw new Error('the fleet has no processes');
  return sample;
}

/** @throws when it cannot reach the server */
async function startMember(options: CrowdOptions, launcher?: readonly string[]): Promise<Member> {
  const member: Member = new ChildProgram(program, checkReport, launcher);
  try {
    await member.ask({ type: 'configure', options }, 'ready');
  } catch (error) {
    member.kill();
    throw error;
  }
  return member;
}
