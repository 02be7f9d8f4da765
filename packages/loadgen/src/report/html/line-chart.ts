import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { short } from '../units.ts';
import { coordinate, escapeHtml } from './markup.ts';
import { drawing, plot } from './plot-area.ts';

/** One line: what it is called, and a value for each moment; undefined where there is none. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

export interface LineChart {
  readonly title: string;
  /** Seconds of the run at each moment. */
  readonly seconds: readonly number[];
  /** At most three. */
  readonly series: readonly Series[];
  /** A value in words. */
  readonly format: (value: number) => string;
}

/** Values over the time of a run, with a legend when there are several. */
export function lineChart({ title, seconds, series, format }: LineChart): string {
  const highest = Math.max(0, ...series.flatMap(({ values }) => values.flatMap((value) => value ?? [])));
  const x = scaleLinear([0, Math.max(1, ...seconds)], [plot.left, plot.right]);
  const y = scaleLinear([0, highest || 1], [plot.bottom, plot.top]).nice(4);
  const draw = line<readonly [number, number | undefined]>()
    .defined(([, value]) => value !== undefined)
    .x(([second]) => x(second))
    .y(([, value]) => y(value ?? 0))
    .digits(1);
  const lines = series.map(({ values }, index) => {
    const points = seconds.map((second, at) => [second, values[at]] as const);
    return `<path class="line s${index + 1}" d="${draw(points) ?? ''}"/>`;
  });
  const axes = {
    x: x.ticks(6).map((tick) => ({ at: x(tick), label: `${tick} s` })),
    y: y.ticks(4).map((tick) => ({ at: y(tick), label: short(format(tick)) })),
  };
  const label = `${title} over ${seconds.at(-1)?.toFixed(0) ?? 0} seconds`;
  return legend(series) + drawing(label, axes, lines.join('') + columns({ x, seconds, series, format }));
}

function legend(series: readonly Series[]): string {
  if (series.length < 2) return '';
  const keys = series.map(
    ({ name }, index) => `<span><i class="s${index + 1}"></i>${escapeHtml(name)}</span>`,
  );
  return `<p class="legend">${keys.join('')}</p>`;
}

/** Unseen columns that say the values of their moment when they are pointed at. */
function columns({
  x,
  seconds,
  series,
  format,
}: Omit<LineChart, 'title'> & { x: (second: number) => number }) {
  return seconds
    .map((second, at) => {
      const from = x(seconds[at - 1] ?? 0);
      const values = series.map(({ name, values }) => {
        const value = values[at];
        return `${name}: ${value === undefined ? '–' : format(value)}`;
      });
      const words = escapeHtml([`${second.toFixed(1)} s`, ...values].join('\n'));
      const width = coordinate(Math.max(0, x(second) - from));
      return (
        `<rect class="hover" x="${coordinate(from)}" y="${plot.top}" width="${width}" ` +
        `height="${plot.bottom - plot.top}"><title>${words}</title></rect>`
      );
    })
    .join('');
}
