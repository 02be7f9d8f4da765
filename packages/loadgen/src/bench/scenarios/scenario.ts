import type { ScenarioResult } from '../report/result.ts';

/** What every scenario is run with. */
export interface ScenarioContext {
  /** Fewer rounds and shorter ones. */
  readonly quick: boolean;
  /** Takes a line of progress. */
  readonly log: (line: string) => void;
  /** Fires when the benchmark is to stop. */
  readonly signal: AbortSignal;
}

/** A part of the benchmark. */
export interface Scenario {
  readonly name: string;
  /** What it measures, in a few words. */
  readonly title: string;
  run(context: ScenarioContext): Promise<ScenarioResult>;
}

/**
 * Runs variants in turns, so that what changes on the machine meanwhile meets all of them: forwards, then backwards. A run
 * that fails, as by a viewer that a busy machine has lost, is made once more.
 *
 * @returns what each variant gave, by round
 */
export async function interleave<V, T>(
  variants: readonly V[],
  rounds: number,
  run: (variant: V, round: number) => Promise<T>,
): Promise<Map<V, T[]>> {
  const results = new Map<V, T[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      results.get(variant)?.push(await onceMore(() => run(variant, round)));
    }
  }
  return results;
}

async function onceMore<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    return run();
  }
}
