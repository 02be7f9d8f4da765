import { expect } from 'vitest';
import { countedRate } from './counted-push.ts';
import { keepMeasurement } from './measurements.ts';
import type { PlayerAttributes, SideBySide } from './side-by-side.ts';
import { compareStart, type Moment, type StartComparison } from './start-comparison.ts';

/**
 * Where in the group of pictures newcomers come: two thirds of a second after its key frame, so that there are more than
 * three seconds to the next one.
 */
export const earlyInGroup = { of: 'old', from: 20, group: countedRate.framesPerGop };
/** Shortly before the next key frame. */
export const lateInGroup = { ...earlyInGroup, from: 90 };

/** One, and another one because what two videos show is looked at sixty times a second, not at the same instant. */
export const FRAMES_BEHIND = 2;
/** A machine that is busy with other tests may keep a newcomer's decoder waiting, but not each time. */
const ATTEMPTS = 3;
/** What nobody notices. Milliseconds. */
const PAUSE = 250;

/** How a player that began at a moment did beside the one called `old`. */
export async function startOf(page: SideBySide, name: string, moment: Moment): Promise<StartComparison> {
  const [started, old] = await Promise.all([page.record(name), page.record('old')]);
  return compareStart(moment, started.seen, old.seen, countedRate.framesPerGop);
}

/** A player that begins, by joining or after a pause. */
export interface Beginner {
  readonly player: string;
  readonly moment: Moment;
}

/**
 * Lets a player begin, and fails unless it begins at once, with the present, and goes on smoothly.
 *
 * @param what for the messages
 * @param seconds for which it is watched
 * @param begin lets it, or another one at another attempt, begin
 */
export async function expectInstant(
  page: SideBySide,
  what: string,
  seconds: number,
  begin: (attempt: number) => Promise<Beginner>,
): Promise<Beginner> {
  for (let attempt = 1; ; attempt += 1) {
    const beginner = await begin(attempt);
    const { player, moment } = beginner;
    await page.whenPlayed(player, seconds, moment);
    const start = await startOf(page, player, moment);
    keepMeasurement(`${what}: to the first picture of the present`, start.firstMs, 'ms');
    keepMeasurement(`${what}: of it, after the first one decoded`, start.hiddenMs, 'ms');
    expect(start.keyFramesAwaited, `${what}: key frames that it waited for`).toBe(0);
    const isSmooth = goesOnSmoothly(start);
    if (attempt < ATTEMPTS && (start.behind > FRAMES_BEHIND || !isSmooth)) continue;
    expect(start.behind, `${what}: frames behind the old viewer at first`).toBeLessThanOrEqual(FRAMES_BEHIND);
    expect(isSmooth, `${what}: goes on smoothly, ${JSON.stringify(start)}`).toBe(true);
    return beginner;
  }
}

/**
 * The same for players that join.
 *
 * @param prepare called before each attempt
 */
export function expectInstantJoin(
  page: SideBySide,
  what: string,
  seconds: number,
  attributes: PlayerAttributes,
  prepare: () => void = () => {},
): Promise<Beginner> {
  return expectInstant(page, what, seconds, async (attempt) => {
    await page.remove(`${what}, attempt ${attempt - 1}`);
    prepare();
    const player = `${what}, attempt ${attempt}`;
    return { player, moment: await page.addWhen(earlyInGroup, player, attributes) };
  });
}

/** The same for a player that plays, and is paused until after the next key frame. */
export function expectInstantResume(
  page: SideBySide,
  what: string,
  seconds: number,
  player: string,
): Promise<Beginner> {
  return expectInstant(page, what, seconds, async () => {
    await page.callWhen(lateInGroup, player, 'pause');
    return { player, moment: await page.callWhen(earlyInGroup, player, 'play') };
  });
}

function goesOnSmoothly({ longestPause, longestPauseOther }: StartComparison): boolean {
  // What keeps both waiting is the machine.
  return longestPause <= Math.max(PAUSE, longestPauseOther + PAUSE / 2);
}
