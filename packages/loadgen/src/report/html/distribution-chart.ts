import { scaleLinear, scaleLog } from 'd3-scale';
import type { HistogramData } from '../../meter/log-histogram.ts';
import { short, time } from '../units.ts';
import { coordinate, escapeHtml } from './markup.ts';
import { drawing, plot } from './plot-area.ts';

/** Buckets of a histogram that one bar stands for: four bars for each doubling of the time. */
const BUCKETS_PER_BAR = 4;
const BARS_PER_OCTAVE = 4;
/** Space between bars, in units of the drawing. */
const GAP = 2;

/** Times from `from` to `to`, in microseconds. */
interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How times are spread, on a logarithmic scale. `data` must not be empty. */
export function distributionChart(title: string, data: HistogramData): string {
  const bars = barsOf(data);
  const first = bars[0]?.from ?? 1;
  const last = bars.at(-1)?.to ?? 2;
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  const x = scaleLog([first, last], [plot.left, plot.right]);
  const y = scaleLinear(
    [0, Math.max(...bars.map(({ count }) => count / total))],
    [plot.bottom, plot.top],
  ).nice(4);
  const shapes = bars.map(({ from, to, count }) => {
    const top = y(count / total);
    const words = `${time(from / 1e6)} to ${time(to / 1e6)}: ${count} (${((100 * count) / total).toFixed(1)} %)`;
    return (
      `<rect class="bar" x="${coordinate(x(from) + GAP / 2)}" y="${coordinate(top)}" rx="2" ` +
      `width="${coordinate(Math.max(1, x(to) - x(from) - GAP))}" height="${coordinate(plot.bottom - top)}">` +
      `<title>${escapeHtml(words)}</title></rect>`
    );
  });
  const axes = {
    x: roundTimes(first, last).map((micros) => ({
      at: x(micros),
      label: short(time(micros / 1e6)),
    })),
    y: y.ticks(4).map((part) => ({ at: y(part), label: `${Math.round(1000 * part) / 10} %` })),
  };
  return drawing(title, axes, shapes.join(''));
}

/** All bars from the lowest time to the highest, empty ones too. */
function barsOf(data: HistogramData): Bar[] {
  const counts = new Map<number, number>();
  for (const [bucket, count] of data) {
    const bar = Math.floor((bucket - 1) / BUCKETS_PER_BAR);
    counts.set(bar, (counts.get(bar) ?? 0) + count);
  }
  const lowest = Math.min(...counts.keys());
  const highest = Math.max(...counts.keys());
  return Array.from({ length: highest - lowest + 1 }, (_, index) => {
    const bar = lowest + index;
    const at = (number: number) => 2 ** (number / BARS_PER_OCTAVE);
    return { from: at(bar), to: at(bar + 1), count: counts.get(bar) ?? 0 };
  });
}

/** Times for an axis: 1, 2 and 5 of every power of ten, or the powers alone where those are many. */
function roundTimes(from: number, to: number): number[] {
  const powers = Array.from({ length: 10 }, (_, power) => 10 ** power);
  const within = (times: readonly number[]) => times.filter((each) => each >= from && each <= to);
  const fine = within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
  return fine.length <= 7 ? fine : within(powers);
}
