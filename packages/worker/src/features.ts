import { basename } from 'node:path';
import { listPatches, type Recipe } from './recipe.ts';

/** What a worker can do beyond mediasoup's own. */
export interface Feature {
  /** As in manifests: `FoundWorker.features` has it. */
  readonly name: string;
  /** As people say it. */
  readonly words: string;
}

/** Every patch by its name, with the feature that it brings; `null` where it mends something, or serves the build, the tests or other patches. */
export const patchFeatures: Readonly<Record<string, Feature | null>> = {
  '01-dtls-bio-callback': null,
  '02-system-libraries': null,
  '03-precompiled-header': null,
  '04-counters': null,
  '05-gop-cache': { name: 'gop-cache', words: 'instant start' },
  '06-segmented-sends': { name: 'segmented-sends', words: 'segmented sends' },
  '07-vp9-key-frames': null,
  '09-native-tests': null,
};

/**
 * The features of a worker built by a recipe.
 *
 * @throws {Error} when a patch is not declared: nothing would tell the server what it brings.
 */
export function featuresOf(recipe: Recipe): readonly Feature[] {
  return listPatches(recipe).flatMap((file) => {
    const patch = basename(file, '.patch');
    const feature = patchFeatures[patch];

    if (feature === undefined) {
      throw new Error(`the patch ${patch} is not declared in ${import.meta.filename}`);
    }

    return feature ?? [];
  });
}
