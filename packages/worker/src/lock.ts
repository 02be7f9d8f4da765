import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to wait for a lock. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when the lock is held by another and waiting begins. */
  readonly onWait?: () => void;
}

const POLL_MS = 200;
const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/**
 * Takes the lock that a file stands for, waiting for as long as another holder lives, in this process or another.
 *
 * The lock is SQLite's on an empty database, thus the operating system's on the file: that of a process that died
 * is free at once, with no process ids to compare and no moment at which two could take it over.
 *
 * @returns the function that releases it.
 * @throws the signal's reason when aborted while waiting.
 */
export async function acquireLock(file: string, options: LockOptions = {}): Promise<() => void> {
  const { signal, onWait } = options;
  const database = new DatabaseSync(file);

  try {
    for (let waiting = false; ; ) {
      signal?.throwIfAborted();
      try {
        database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
        return () => database.close();
      } catch (error) {
        if (!isBusy(error)) {
          throw error;
        }
      }
      if (!waiting) {
        waiting = true;
        onWait?.();
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    database.close();
    throw error;
  }
}
