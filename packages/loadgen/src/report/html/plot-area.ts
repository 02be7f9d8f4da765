import { coordinate, escapeHtml } from './markup.ts';

/** Size of a drawing, in its own units; it is shown as wide as there is room. */
export const WIDTH = 440;
export const HEIGHT = 220;

/** Where the lines or bars are; the rest is for the axes. */
export const plot = { left: 66, right: WIDTH - 12, top: 10, bottom: HEIGHT - 28 } as const;

export interface Tick {
  /** In the drawing. */
  readonly at: number;
  readonly label: string;
}

export interface Axes {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
}

/** A drawing with its axes, for people who see it and, by `label`, for those who do not. */
export function drawing(label: string, { x, y }: Axes, content: string): string {
  const { left, right, bottom } = plot;
  const rules = y.map(
    ({ at, label: text }) =>
      `<path class="rule" d="M${left} ${coordinate(at)}H${right}"/>` +
      `<text class="y" x="${left - 6}" y="${coordinate(at + 4)}">${escapeHtml(text)}</text>`,
  );
  const marks = x.map(
    ({ at, label: text }) =>
      `<text class="x" x="${coordinate(at)}" y="${bottom + 18}">${escapeHtml(text)}</text>`,
  );
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">` +
    `${rules.join('')}${marks.join('')}${content}<path class="axis" d="M${left} ${bottom}H${right}"/></svg>`
  );
}
