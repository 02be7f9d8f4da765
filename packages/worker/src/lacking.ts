import { featuresOf } from './features.ts';
import { PREFERENCE_VARIABLE, type Preference } from './preference.ts';
import { recipe } from './recipe.ts';

function lacking(): string {
  return featuresOf(recipe)
    .map(({ words }) => words)
    .join(' and ');
}

/** Why mediasoup's prebuilt worker is used. */
export interface Circumstances {
  readonly preference: Preference;
  /** How to get what a build needs; undefined when nothing is missing. */
  readonly howToInstall: string | undefined;
  /** The output of the last build. */
  readonly buildLog: string;
}

/** One line for the operator: what mediasoup's prebuilt worker lacks, and how to have it. */
export function prebuiltNotice({ preference, howToInstall, buildLog }: Circumstances): string {
  let remedy = `building one that has them failed (${buildLog}); ${PREFERENCE_VARIABLE}=build tries again`;

  if (preference === 'prebuilt') {
    remedy = `unset ${PREFERENCE_VARIABLE} for one that has them`;
  } else if (howToInstall !== undefined) {
    remedy = `to have one built that has them: ${howToInstall}`;
  }

  return `using mediasoup's prebuilt worker, without ${lacking()}; ${remedy}`;
}

/** One line for the operator who waits for a build that need not be. */
export function buildNotice(): string {
  return `building a mediasoup worker with ${lacking()} takes some minutes, once; ${PREFERENCE_VARIABLE}=prebuilt does without`;
}
