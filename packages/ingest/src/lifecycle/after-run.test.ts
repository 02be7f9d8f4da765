import { describe, expect, test } from 'vitest';
import { type AfterRun, afterRun, type EndedRun, NO_RUNS, type RunHistory } from './after-run.ts';
import type { RunEnd } from './run-end.ts';

const fault: RunEnd = { reason: 'fault', final: false, complete: false, misfit: false };
const camera: EndedRun = { end: fault, liveMs: undefined, isFile: false, playsOnce: false };

/** The pauses of runs in a row, without jitter. */
function pauses(...runs: EndedRun[]): number[] {
  let history: RunHistory = NO_RUNS;
  return runs.map((run) => {
    const after = afterRun(history, run, 0);
    if (after.next !== 'again') throw new Error(`It is over: ${after.next}`);
    history = after.history;
    return after.pauseMs;
  });
}

const nextAfter = (history: Partial<RunHistory>, run: Partial<EndedRun>): AfterRun['next'] =>
  afterRun({ ...NO_RUNS, ...history }, { ...camera, ...run }, 0).next;

describe('after a run', () => {
  test('pauses grow to five seconds, and no camera is given up', () => {
    expect(pauses(...Array<EndedRun>(7).fill(camera))).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000]);
  });

  test('a healthy run makes the next pause the shortest', () => {
    expect(pauses(camera, camera, { ...camera, liveMs: 10_000 }, camera)).toEqual([500, 1000, 500, 1000]);
    expect(pauses(camera, camera, { ...camera, liveMs: 9999 })).toEqual([500, 1000, 2000]);
  });

  test('a password that is refused waits as long as its problem says', () => {
    expect(pauses({ ...camera, end: { ...fault, pauseMs: 30_000 } })).toEqual([30_000]);
  });

  test('an input that has changed is read again at once, but not over and over', () => {
    const misfit = { ...camera, liveMs: 100, end: { ...fault, misfit: true } };
    expect(pauses(misfit, misfit, misfit)).toEqual([0, 1000, 2000]);
    expect(pauses(misfit, { ...camera, liveMs: 20_000 }, misfit)).toEqual([0, 500, 0]);
  });

  test('a recipe is kept when its run was live and the input the same', () => {
    expect(afterRun(NO_RUNS, { ...camera, liveMs: 1 }, 0)).toMatchObject({ keepRecipe: true });
    expect(afterRun(NO_RUNS, camera, 0)).toMatchObject({ keepRecipe: false });
    const misfit = { ...camera, liveMs: 1, end: { ...fault, misfit: true } };
    expect(afterRun(NO_RUNS, misfit, 0)).toMatchObject({ keepRecipe: false });
  });

  test('what cannot be is given up, unless it has been live', () => {
    const final = { ...fault, final: true };
    expect(nextAfter({}, { end: final })).toBe('fail');
    expect(nextAfter({}, { end: final, liveMs: 1 })).toBe('again');
    expect(nextAfter({ hasBeenLive: true, attempts: 3 }, { end: final })).toBe('again');
  });

  test('a file without a picture is given up the second time', () => {
    expect(nextAfter({}, { isFile: true })).toBe('again');
    expect(nextAfter({ attempts: 1 }, { isFile: true })).toBe('fail');
    expect(nextAfter({ attempts: 1, hasBeenLive: true }, { isFile: true })).toBe('again');
  });

  test('a file that is played once ends, one that is looped goes on', () => {
    const complete = { ...fault, complete: true };
    expect(nextAfter({}, { end: complete, liveMs: 5000, isFile: true, playsOnce: true })).toBe('end');
    expect(nextAfter({}, { end: complete, liveMs: 5000, isFile: true })).toBe('again');
  });
});
