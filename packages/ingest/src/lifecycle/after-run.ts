import { backoffDelay } from './backoff.ts';
import type { RunEnd } from './run-end.ts';

/** A run that was live for so long counts as healthy: the next pause is the shortest again. */
const HEALTHY_MS = 10_000;
/** A camera that is back shall not be waited for much longer than it took to come. */
const BACKOFF = { minMs: 500, maxMs: 5000 };

/** The runs of a source since it was started. */
export interface RunHistory {
  /** Runs in a row that were not healthy. */
  readonly attempts: number;
  /** Runs in a row that ended because the input was another one. */
  readonly misfits: number;
  readonly hasBeenLive: boolean;
}

export const NO_RUNS: RunHistory = { attempts: 0, misfits: 0, hasBeenLive: false };

/** What there is to know of a run that has ended. */
export interface EndedRun {
  readonly end: RunEnd;
  /** Milliseconds for which it was live; undefined: never. */
  readonly liveMs: number | undefined;
  /** Whether what it reads never changes: a file. */
  readonly isFile: boolean;
  /** Whether the end of its input is the end of the source. */
  readonly playsOnce: boolean;
}

/** What follows a run. */
export type AfterRun =
  /** It is given up. */
  | { readonly next: 'fail' }
  /** It is over, as it should be. */
  | { readonly next: 'end' }
  | {
      readonly next: 'again';
      readonly pauseMs: number;
      /** Whether the recipe may still be the right one. */
      readonly keepRecipe: boolean;
      readonly history: RunHistory;
    };

/**
 * Decides what follows a run.
 *
 * What has been live is not given up: a camera that starts again answers all kinds of things. A file that has brought no
 * picture twice will bring none.
 *
 * @param random in [0, 1), for the jitter of the pause
 */
export function afterRun(before: RunHistory, run: EndedRun, random: number): AfterRun {
  const { end, liveMs, isFile, playsOnce } = run;
  const wasLive = liveMs !== undefined;
  const hasBeenLive = before.hasBeenLive || wasLive;
  if (!hasBeenLive && (end.final || (isFile && before.attempts > 0))) return { next: 'fail' };
  if (end.complete && playsOnce) return { next: 'end' };

  const attempts = wasLive && liveMs >= HEALTHY_MS ? 0 : before.attempts;
  const misfits = end.misfit ? before.misfits + 1 : 0;
  // One misfit is an input that has changed. Several are one that is never what it was said to be.
  const pauseMs = misfits === 1 ? 0 : Math.max(end.pauseMs ?? 0, backoffDelay(attempts, random, BACKOFF));
  return {
    next: 'again',
    pauseMs,
    // What never became live may have been made for an input that is another one now.
    keepRecipe: wasLive && !end.misfit,
    history: { attempts: attempts + 1, misfits, hasBeenLive },
  };
}
