import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine, machineTicks, machineUsage } from './machine/machine-usage.ts';
import { percent } from './report/format.ts';
import type { BenchReport } from './report/markdown.ts';
import type { ScenarioResult } from './report/result.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface BenchRun {
  readonly scenarios: readonly Scenario[];
  readonly quick: boolean;
  /** Takes a line of progress. */
  readonly log: (line: string) => void;
  /** Stops the run; what is finished until then is reported. */
  readonly signal: AbortSignal;
}

/** Idle part of the machine below which something else disturbs the benchmark. */
const QUIET = 0.85;

/** Runs parts of the benchmark, one after the other. One that fails does not keep the others from running. */
export async function runBench({ scenarios, quick, log, signal }: BenchRun): Promise<BenchReport> {
  const at = new Date();
  const results: ScenarioResult[] = [];
  const failures: { name: string; reason: string }[] = [];
  for (const { name, title, run } of scenarios) {
    if (signal.aborted) break;
    log(`${name}: ${title}`);
    const { idle } = await usageNow();
    if (idle < QUIET) log(`  something else runs on this machine: only ${percent(idle)} of it is idle`);
    try {
      results.push(await run({ quick, signal, log: (line) => log(`  ${line}`) }));
    } catch (error) {
      if (signal.aborted) break;
      const reason = error instanceof Error ? error.message : String(error);
      log(`  it came to nothing: ${reason}`);
      failures.push({ name, reason });
    }
  }
  const minutes = (Date.now() - at.getTime()) / 60_000;
  return { at: at.toISOString(), quick, minutes, machine: describeMachine(), results, failures };
}

/** How busy the machine is while nothing of the benchmark runs. */
async function usageNow() {
  const before = machineTicks();
  await sleep(1000);
  return machineUsage(before, machineTicks());
}
