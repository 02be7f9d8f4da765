import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listPatches, type Recipe, recipe, recipeHash } from './recipe.ts';
import { temporaryDir } from './test-support.ts';

function copy() {
  const dir = temporaryDir();

  cpSync(recipe.patchesDir, join(dir, 'patches'), { recursive: true });
  cpSync(recipe.compatDir, join(dir, 'compat'), { recursive: true });
  cpSync(recipe.nativeDir ?? '', join(dir, 'native'), { recursive: true });

  return {
    ...recipe,
    patchesDir: join(dir, 'patches'),
    compatDir: join(dir, 'compat'),
    nativeDir: join(dir, 'native'),
  } satisfies Recipe;
}

describe('recipe hash', () => {
  it('is the same wherever the package lies', () => {
    expect(recipeHash(copy())).toBe(recipeHash(recipe));
  });

  it('changes with a new patch, an edited one and a renamed one', () => {
    const added = copy();
    writeFileSync(join(added.patchesDir, '99-more.patch'), '');
    const edited = copy();
    writeFileSync(join(edited.patchesDir, '01-dtls-bio-callback.patch'), 'other');
    const renamed = copy();
    renameSync(
      join(renamed.patchesDir, '01-dtls-bio-callback.patch'),
      join(renamed.patchesDir, '90-dtls-bio-callback.patch'),
    );

    expect(new Set([recipe, added, edited, renamed].map(recipeHash)).size).toBe(4);
  });

  it('changes with a header, also in a folder, and with an option', () => {
    const header = copy();
    mkdirSync(join(header.compatDir, 'more'));
    writeFileSync(join(header.compatDir, 'more', 'header.h'), '');
    const option = { ...recipe, mesonArguments: [...recipe.mesonArguments, '-Db_lto=true'] };

    const srtp = { ...recipe, srtpArguments: [] };

    expect(new Set([recipe, header, option, srtp].map(recipeHash)).size).toBe(4);
  });

  it('changes with an own file, and with its place', () => {
    const added = copy();
    mkdirSync(join(added.nativeDir, 'src', 'More'), { recursive: true });
    writeFileSync(join(added.nativeDir, 'src', 'More', 'More.cpp'), '');
    const elsewhere = copy();
    mkdirSync(join(elsewhere.nativeDir, 'src'), { recursive: true });
    writeFileSync(join(elsewhere.nativeDir, 'src', 'More.cpp'), '');

    expect(new Set([recipe, added, elsewhere].map(recipeHash)).size).toBe(3);
  });

  it('does not change with a file that is no patch', () => {
    const noted = copy();
    writeFileSync(join(noted.patchesDir, 'README.md'), 'notes');

    expect(recipeHash(noted)).toBe(recipeHash(recipe));
  });

  it('does not change with what only the C++ tests need', () => {
    const tested = copy();
    writeFileSync(join(tested.nativeDir, 'test', 'More.cpp'), '');
    writeFileSync(join(tested.compatDir, 'catch2', 'more.hpp'), '');

    expect(recipeHash(tested)).toBe(recipeHash(recipe));
  });
});

it('patches are applied in the order of their numbers', () => {
  const more = copy();
  writeFileSync(join(more.patchesDir, '10-later.patch'), '');
  writeFileSync(join(more.patchesDir, '09-before.patch'), '');
  const numbers = listPatches(more).map((file) => basename(file).slice(0, 2));

  expect(numbers.slice(0, 2)).toEqual(['01', '02']);
  expect(numbers.slice(-2)).toEqual(['09', '10']);
});
