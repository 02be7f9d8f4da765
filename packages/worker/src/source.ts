import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand } from './command.ts';
import { commandFailure } from './command-failure.ts';
import { listPatches, type Recipe } from './recipe.ts';

/** Where sources come from and go to. */
export interface SourceOptions {
  /** The `worker` folder of the npm package. It is only read. */
  readonly workerDir: string;
  /** The folder to fill. It must not exist. */
  readonly target: string;
  readonly recipe: Recipe;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies the worker's sources, adds the compatibility headers and the own files, and applies the patches, each exactly
 * as written.
 *
 * @throws {WorkerUnavailableError} when a patch does not fit.
 */
export async function prepareSource(options: SourceOptions): Promise<void> {
  const { workerDir, target, recipe, env, signal } = options;

  await cp(workerDir, target, { recursive: true });
  await cp(recipe.compatDir, join(target, 'compat'), { recursive: true });
  if (recipe.nativeDir !== undefined) {
    await cp(recipe.nativeDir, target, { recursive: true });
  }

  for (const patch of listPatches(recipe)) {
    try {
      await runCommand(
        'patch',
        ['-p1', '--batch', '--forward', '--fuzz=0', '--no-backup-if-mismatch', '-i', patch],
        {
          cwd: target,
          env,
          signal,
        },
      );
    } catch (error) {
      throw commandFailure(error, {
        code: 'WORKER_SOURCE_UNUSABLE',
        problem: ({ lastLines }) =>
          `The patch ${basename(patch)} does not fit mediasoup-worker's sources: ${lastLines.join('\n')}`,
        remedy: `Make it anew against the sources as the patches before it leave them: ${patch}`,
      });
    }
  }
}
