import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mediasoupPackage } from './package.ts';
import { recipe } from './recipe.ts';
import { prepareSource } from './source.ts';
import { canBuild, temporaryDir } from './test-support.ts';

const { workerDir } = mediasoupPackage();

describe.runIf(await canBuild())('the source (where the patch tool is, or can be installed)', () => {
  it('is a patched copy with the headers; the package stays as it was', async () => {
    const target = join(temporaryDir(), 'source');

    await prepareSource({ workerDir, target, recipe, env: process.env });

    expect(
      readFileSync(join(target, 'src/RTC/DtlsTransport.cpp'), 'utf8').includes(
        'operationType & BIO_CB_RETURN',
      ),
    ).toBe(true);
    expect(readFileSync(join(target, 'meson.build'), 'utf8').includes("dependency('libsrtp2'")).toBe(true);
    expect(existsSync(join(target, 'compat/ankerl/unordered_dense.h'))).toBe(true);
    expect(existsSync(join(workerDir, 'compat'))).toBe(false);
    expect(readFileSync(join(workerDir, 'meson.build'), 'utf8').includes("dependency('libsrtp2'")).toBe(
      false,
    );
  });

  it('has the own files, which patches may change', async () => {
    const dir = temporaryDir();
    const nativeDir = join(dir, 'native');
    const patchesDir = join(dir, 'patches');

    mkdirSync(join(nativeDir, 'src/RTC'), { recursive: true });
    writeFileSync(join(nativeDir, 'src/RTC/Own.cpp'), 'before\n');
    cpSync(recipe.patchesDir, patchesDir, { recursive: true, filter: (file) => !/\/(0[4-9])-/.test(file) });
    writeFileSync(
      join(patchesDir, '50-own.patch'),
      '--- a/src/RTC/Own.cpp\n+++ b/src/RTC/Own.cpp\n@@ -1,1 +1,1 @@\n-before\n+after\n',
    );
    const target = join(dir, 'source');

    await prepareSource({
      workerDir,
      target,
      recipe: { ...recipe, patchesDir, nativeDir },
      env: process.env,
    });
    expect(readFileSync(join(target, 'src/RTC/Own.cpp'), 'utf8')).toBe('after\n');
    expect(existsSync(join(target, 'src/RTC/Router.cpp'))).toBe(true);
  });

  it('compiles every own file, and every own test', async () => {
    const target = join(temporaryDir(), 'source');
    const { nativeDir = '' } = recipe;
    const own = globSync('{src,test/src}/**/*.cpp', { cwd: nativeDir });

    await prepareSource({ workerDir, target, recipe, env: process.env });
    const builds = ['meson.build', 'test/meson.build'].map((file) =>
      readFileSync(join(target, file), 'utf8'),
    );

    expect(own.length).toBeGreaterThan(0);
    for (const file of own) {
      expect(builds.join('')).toContain(`'${file.replace(/^test\//, '')}'`);
    }
    expect(builds[0]).toContain("subdir('test')");
  });

  it('names a patch that does not fit', async () => {
    const dir = temporaryDir();
    const patchesDir = join(dir, 'patches');

    cpSync(recipe.patchesDir, patchesDir, { recursive: true });
    writeFileSync(
      join(patchesDir, '50-misfit.patch'),
      '--- a/meson.build\n+++ b/meson.build\n@@ -1,1 +1,1 @@\n-not there\n+either\n',
    );

    await expect(
      prepareSource({
        workerDir,
        target: join(dir, 'source'),
        recipe: { ...recipe, patchesDir },
        env: process.env,
      }),
    ).rejects.toMatchObject({
      code: 'WORKER_SOURCE_UNUSABLE',
      problem: expect.stringContaining('50-misfit.patch'),
      remedy: expect.stringContaining(patchesDir),
    });
  });
});
