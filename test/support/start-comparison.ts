import type { Reception, SeenPicture } from './side-by-side-page.ts';

/** What a player did since it was added. */
export interface PlayerRecord {
  readonly seen: readonly SeenPicture[];
  readonly receptions: readonly Reception[];
}

/** When a player was made to begin, and the number of the picture that another showed then. */
export interface Moment {
  /** Milliseconds of the page's clock. */
  readonly at: number;
  readonly number: number;
}

/** How a player began beside another that has played for long. */
export interface StartComparison {
  /** From the moment to the first picture that a user saw. Milliseconds. */
  readonly firstMs: number;
  /** From the first picture that was decoded, seen or not, to the first that was seen. Milliseconds. */
  readonly hiddenMs: number;
  /** Key frames between what the other showed at the moment and the first picture: 0 when it waited for none. */
  readonly keyFramesAwaited: number;
  /** Place of the first picture in its group; 0 is the key frame. */
  readonly placeInGroup: number;
  /** Frames that the first picture was behind the other player's at that time. Negative: before it. */
  readonly behind: number;
  /** The longest time without another picture, since the first. Milliseconds. */
  readonly longestPause: number;
  /** The same of the other player in the same time. */
  readonly longestPauseOther: number;
}

/** Compares how a player began at a moment with what another showed at the same time. */
export function compareStart(
  moment: Moment,
  started: readonly SeenPicture[],
  other: readonly SeenPicture[],
  framesPerGroup: number,
): StartComparison {
  const since = started.filter(({ at }) => at >= moment.at);
  const seen = since.filter(({ visible }) => visible);
  const [decoded, first] = [since[0], seen[0]];
  if (!decoded || !first) throw new Error('the player has shown nothing');
  const groupOf = (number: number) => Math.floor(number / framesPerGroup);
  return {
    firstMs: first.at - moment.at,
    hiddenMs: first.at - decoded.at,
    keyFramesAwaited: groupOf(first.number) - groupOf(moment.number),
    placeInGroup: first.number % framesPerGroup,
    behind: framesBehind(first, other),
    longestPause: longestPause(seen),
    longestPauseOther: longestPause(other.filter(({ at }) => at >= first.at)),
  };
}

/** Frames that a picture was behind another player's at that time. Negative: before it. */
export function framesBehind({ at, number }: SeenPicture, other: readonly SeenPicture[]): number {
  return (other.findLast((picture) => picture.at <= at)?.number ?? Number.NaN) - number;
}

function longestPause(pictures: readonly SeenPicture[]): number {
  return Math.max(...pictures.map(({ at }, index) => at - (pictures[index - 1]?.at ?? at)));
}

/**
 * By how much what a player shows and what it lets hear are apart, in the seconds after a time: the lower quartile, since a
 * busy machine makes it more at times. Milliseconds.
 *
 * @param since default: when it was first known
 */
export function soundOffset(
  { receptions }: PlayerRecord,
  seconds: number,
  since = firstSound(receptions),
): number {
  const known = receptions.filter(({ at }) => at >= since && at <= since + 1000 * seconds);
  const apart = known.flatMap(({ ahead }) => (ahead === undefined ? [] : [Math.abs(ahead)]));
  return apart.toSorted((one, other) => one - other)[Math.floor(apart.length / 4)] ?? Number.NaN;
}

/** When it was first known how a player's sound goes with its picture. Milliseconds of the page's clock. */
export function firstSound(receptions: readonly Reception[]): number {
  return receptions.find(({ ahead }) => ahead !== undefined)?.at ?? Number.NaN;
}

/** What a picture has waited in the jitter buffer, in the last seconds. Milliseconds. */
export function pictureDelay({ receptions }: PlayerRecord, seconds: number): number {
  const last = receptions.at(-1);
  const before = last && receptions.find(({ at }) => at >= last.at - 1000 * seconds);
  if (!before) return Number.NaN;
  return (last.waited - before.waited) / (last.emitted - before.emitted);
}
