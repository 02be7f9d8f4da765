import { onStage, type Stage } from '../stage/stage.ts';
import { SpillwaySubject } from '../subject/spillway.ts';
import type { WorkerFeature } from '../subject/worker-feature.ts';
import { interleave, type ScenarioContext } from './scenario.ts';

/** The same server on the same worker, with a feature of the worker switched off, or not. */
export type Side = 'without' | 'with';

/** What each side gave, by round. Empty for one that could not be measured. */
export interface BothSides<T> {
  readonly without: readonly T[];
  readonly with: readonly T[];
}

/** Sides that can be measured: a worker that lacks the feature, as a prebuilt one does, has only one. */
export async function sidesFor(
  feature: WorkerFeature,
  { log, signal }: Pick<ScenarioContext, 'log' | 'signal'>,
): Promise<readonly Side[]> {
  const features = await onStage({ kind: 'spillway', signal }, featuresOf, false);
  if (features.includes(feature)) return ['without', 'with'];
  log(lacking(feature));
  return ['without'];
}

async function featuresOf({ subject }: Stage): Promise<readonly string[]> {
  return subject instanceof SpillwaySubject ? subject.features() : [];
}

/** What a stage has to switch off for a side. */
export function switchedOff(feature: WorkerFeature, side: Side): readonly WorkerFeature[] {
  return side === 'without' ? [feature] : [];
}

/** Measures each case on each side, all in turns as `interleave` has it. */
export async function onSides<C extends object, T>(
  cases: readonly C[],
  sides: readonly Side[],
  rounds: number,
  run: (each: C, side: Side) => Promise<T>,
): Promise<(C & { readonly rounds: BothSides<T> })[]> {
  const variants = cases.flatMap((each) => sides.map((side) => ({ case: each, side })));
  const results = await interleave(variants, rounds, (variant) => run(variant.case, variant.side));
  const of = (each: C, side: Side) =>
    [...results].flatMap(([variant, given]) => (variant.case === each && variant.side === side ? given : []));
  return cases.map((each) => ({ ...each, rounds: { without: of(each, 'without'), with: of(each, 'with') } }));
}

/** What a result says when a side could not be measured. */
export function lacking(feature: WorkerFeature): string {
  return `The worker of this run lacks ${feature}, so nothing was measured with it.`;
}

/** The values of both sides as cells of a row, without those of a side that was not measured. */
export function cells<T>(
  { without, with: with_ }: BothSides<T>,
  cell: (rounds: readonly T[]) => string,
): string[] {
  return [without, with_].filter((rounds) => rounds.length > 0).map(cell);
}

/** The heads of the columns of {@link cells}. */
export function sideHeads<T>({ with: with_ }: BothSides<T>): string[] {
  return with_.length > 0 ? ['without', 'with'] : ['without'];
}
