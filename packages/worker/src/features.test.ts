import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { featuresOf, patchFeatures } from './features.ts';
import { listPatches, recipe } from './recipe.ts';
import { temporaryDir } from './test-support.ts';

const names = (...args: Parameters<typeof featuresOf>) => featuresOf(...args).map(({ name }) => name);

it('are declared for just the patches that there are', () => {
  expect(Object.keys(patchFeatures)).toEqual(listPatches(recipe).map((file) => basename(file, '.patch')));
});

it('come with the patches that are applied', () => {
  expect(names(recipe)).toEqual(['gop-cache', 'segmented-sends']);
  expect(names({ ...recipe, lastPatch: '05-gop-cache' })).toEqual(['gop-cache']);
  expect(names({ ...recipe, lastPatch: '03-precompiled-header' })).toEqual([]);
});

it('fail with a patch that is not declared', () => {
  const patchesDir = temporaryDir();

  cpSync(recipe.patchesDir, patchesDir, { recursive: true });
  writeFileSync(join(patchesDir, '99-secret.patch'), '');
  expect(() => featuresOf({ ...recipe, patchesDir })).toThrow('the patch 99-secret is not declared');
});
