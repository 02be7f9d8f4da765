import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { CommandError, runCommand } from './command.ts';
import { reasonOf } from './errors.ts';

/** mediasoup-worker's exit code when no MEDIASOUP_VERSION is set: proof that it loads its libraries and runs. */
const NOT_MY_FATHER = 41;
const START_TIMEOUT_MS = 10_000;

/**
 * Tries whether a file is a mediasoup-worker that starts on this machine. Takes some milliseconds.
 *
 * @returns why it is not, or undefined when it is.
 */
export async function whyNotStarting(path: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) {
      return 'it is not a file';
    }
  } catch {
    return 'there is no such file';
  }
  try {
    await access(path, constants.X_OK);
  } catch {
    return 'it is not executable';
  }

  const { MEDIASOUP_VERSION: _, ...env } = process.env;

  try {
    await runCommand(path, [], { env, signal, timeout: START_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    if (error.failure === 'aborted') {
      signal?.throwIfAborted();
    }
    if (error.exitCode === NOT_MY_FATHER) {
      return undefined;
    }

    return [reasonOf(error), ...error.lastLines.slice(-3)].join('; ');
  }

  return 'it ended without an error, which mediasoup-worker never does when started by hand';
}
