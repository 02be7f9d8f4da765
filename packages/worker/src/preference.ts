import { WorkerUnavailableError } from './errors.ts';

/** Which worker is wanted: one built here, mediasoup's prebuilt one, or (undefined) the best that is to be had. */
export type Preference = 'build' | 'prebuilt' | undefined;

/** The environment variable that tells. */
export const PREFERENCE_VARIABLE = 'SPILLWAY_WORKER_ORIGIN';

/**
 * Reads the preference. An empty variable is none.
 *
 * @throws {WorkerUnavailableError} when it has another value.
 */
export function readPreference(env: NodeJS.ProcessEnv): Preference {
  const value = env[PREFERENCE_VARIABLE] || undefined;

  if (value === undefined || value === 'build' || value === 'prebuilt') {
    return value;
  }

  throw new WorkerUnavailableError(
    'WORKER_ORIGIN_INVALID',
    `${PREFERENCE_VARIABLE} is ${JSON.stringify(value)}.`,
    'Set it to build or to prebuilt, or unset it: then a worker is built where a compiler is.',
  );
}

/** What is known before a worker is made. */
export interface Situation {
  readonly preference: Preference;
  /** Whether mediasoup's prebuilt worker may be used. */
  readonly allowPrebuilt: boolean;
  /** Whether everything is there that a build needs. */
  readonly canBuild: boolean;
  /** Whether a build by the same recipe has failed here before. */
  readonly failedBefore: boolean;
}

/**
 * The ways to a worker, to be tried in this order. A build comes first where the tools are; and last where they would
 * have to be installed, or where it failed before: minutes are not spent twice on the same failure.
 */
export function waysToWorker(situation: Situation): readonly ('build' | 'prebuilt')[] {
  const { preference, allowPrebuilt, canBuild, failedBefore } = situation;

  if (preference === 'prebuilt') {
    return ['prebuilt'];
  }
  if (preference === 'build' || !allowPrebuilt) {
    return ['build'];
  }

  return canBuild && !failedBefore ? ['build', 'prebuilt'] : ['prebuilt', 'build'];
}
