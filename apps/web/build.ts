import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { compressFolder } from './compress.ts';

const here = dirname(fileURLToPath(import.meta.url));

export interface BuildWebOptions {
  /** Folder to make or to replace. Default: `dist` beside this file. */
  outDir?: string;
  /** Gets a line of progress. Default: none. */
  log?: (line: string) => void;
}

/**
 * Builds the pages and `player.js`. The folder appears whole or not at all: the build goes to a folder beside it that
 * then takes its place.
 *
 * @throws Error of Vite when the build fails; the folder is then as it was.
 */
export async function buildWeb({ outDir = resolve(here, 'dist'), log }: BuildWebOptions = {}): Promise<void> {
  const started = performance.now();
  const fresh = `${outDir}.new-${process.pid}`;
  const old = `${outDir}.old-${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    log?.('building the pages');
    await buildWith('vite.config.ts', fresh);
    log?.('building player.js');
    await buildWith('vite.player.config.ts', fresh);
    await compressFolder(fresh);
    await rename(outDir, old).catch(ignoreMissing);
    await rename(fresh, outDir);
  } finally {
    await Promise.all([fresh, old].map((folder) => rm(folder, { recursive: true, force: true })));
  }
  log?.(`built ${outDir} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function buildWith(config: string, outDir: string): Promise<void> {
  await build({
    configFile: resolve(here, config),
    logLevel: 'warn',
    mode: 'production',
    build: { outDir, emptyOutDir: false },
  });
}

function ignoreMissing(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
  throw error;
}

if (import.meta.main) await buildWeb({ log: (line) => process.stdout.write(`${line}\n`) });
