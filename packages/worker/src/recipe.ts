import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is added to mediasoup's sources to build them here. */
export interface Recipe {
  /** Folder of `NN-name.patch` files. */
  readonly patchesDir: string;
  /** Folder of headers, copied to `compat/` in the sources. */
  readonly compatDir: string;
  /** Folder of own files, a tree like the worker's, copied over the sources before they are patched. Default: none. */
  readonly nativeDir?: string | undefined;
  /** Arguments of `meson setup`. */
  readonly mesonArguments: readonly string[];
  /** Arguments of libsrtp's `configure`. */
  readonly srtpArguments: readonly string[];
  /** Name of the last patch to apply, without its ending. Default: all are. */
  readonly lastPatch?: string;
}

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));

/** The recipe that this package holds. The options are those of mediasoup's own release build. */
export const recipe: Recipe = {
  patchesDir: join(packageDir, 'patches'),
  compatDir: join(packageDir, 'compat'),
  nativeDir: join(packageDir, 'native'),
  mesonArguments: ['--buildtype=release', '-Db_ndebug=true', '--wrap-mode=nodownload'],
  srtpArguments: ['--enable-openssl', 'CFLAGS=-O3 -fPIC'],
};

/** The patches in the order in which they are applied: by name. */
export function listPatches({ patchesDir, lastPatch }: Recipe): string[] {
  return readdirSync(patchesDir)
    .filter((name) => name.endsWith('.patch') && (lastPatch === undefined || name <= `${lastPatch}.patch`))
    .sort()
    .map((name) => join(patchesDir, name));
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** mediasoup's own worker, as far as it can be built here: only what the build needs is patched. */
export const stockRecipe: Recipe = { ...recipe, nativeDir: undefined, lastPatch: '03-precompiled-header' };

/** Folders, of those for headers and own files, that only the C++ tests use. */
const TEST_FOLDERS = ['catch2', 'test'];

function filesForWorker(dir: string): string[] {
  return filesIn(dir).filter((file) => !TEST_FOLDERS.includes(relative(dir, file).split(sep)[0] ?? ''));
}

/** A short hash that changes with any patch, header, own file or option of the worker, and with nothing else. */
export function recipeHash(of: Recipe): string {
  const hash = createHash('sha256').update(JSON.stringify([of.mesonArguments, of.srtpArguments]));

  for (const [dir, files] of [
    [of.patchesDir, listPatches(of)],
    [of.compatDir, filesForWorker(of.compatDir)],
    ...(of.nativeDir === undefined ? [] : [[of.nativeDir, filesForWorker(of.nativeDir)] as const]),
  ] as const) {
    for (const file of files) {
      const content = readFileSync(file);

      hash.update(`\0${relative(dir, file).split(sep).join('/')}\0${content.length}\0`).update(content);
    }
  }

  return hash.digest('hex').slice(0, 12);
}
