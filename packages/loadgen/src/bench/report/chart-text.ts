import { number } from './format.ts';
import type { Chart } from './result.ts';

/** Characters of the longest bar, each of eight steps. */
const WIDTH = 40;
const STEPS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/** Points of a series that are drawn at most. */
const MOST_POINTS = 12;

/** A bar for a part of the full width, to an eighth of a character. */
export function bar(part: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, part)) * WIDTH * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (STEPS[eighths % 8] ?? '');
}

/** A chart as lines of text: for each series a bar a point, all on one scale. */
export function chartText({ xTitle, yTitle, series }: Chart): string {
  const points = series.flatMap((each) => each.points);
  const largest = Math.max(...points.map(({ y }) => y));
  const labels = points.map(({ x }) => number(x).length);
  const width = Math.max(xTitle.length, ...labels);
  return series
    .flatMap(({ name, points: own }) => [
      `${xTitle.padStart(width)}  ${name}, ${yTitle}`,
      ...thinned(own).map(({ x, y }) => `${number(x).padStart(width)}  ${bar(y / largest)} ${number(y)}`),
    ])
    .join('\n');
}

/** Few of many points, evenly, with the first and the last. */
export function thinned<T>(points: readonly T[]): T[] {
  if (points.length <= MOST_POINTS) return [...points];
  return Array.from({ length: MOST_POINTS }, (_, index) => {
    const at = Math.round((index * (points.length - 1)) / (MOST_POINTS - 1));
    return points.slice(at, at + 1);
  }).flat();
}
