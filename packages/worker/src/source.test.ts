import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
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
