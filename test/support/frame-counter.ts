/** Bits of the counter: more than half an hour at 30 frames a second. */
const BITS = 16;
/** Side of the square that shows a bit: flat enough to live through any encoder. Pixels. */
const CELL = 20;

/** Where a picture shows its counter: at its upper left, the lowest bit first; below each bit its opposite. Pixels. */
export const counterStrip = { bits: BITS, width: BITS * CELL, height: 2 * CELL } as const;

/**
 * A filter for FFmpeg that burns the number of each frame into it, from 0. White is one. The second row shows the
 * opposite, so that a broken picture is not taken for a number.
 */
export function frameCounterFilter(): string {
  const boxes = Array.from({ length: BITS }, (_, bit) => {
    const isOne = `mod(floor(n/${2 ** bit}),2)`;
    const box = (row: number, when: string) =>
      `drawbox=x=${bit * CELL}:y=${row * CELL}:w=${CELL}:h=${CELL}:color=white:t=fill:enable='${when}'`;
    return [box(0, isOne), box(1, `not(${isOne})`)];
  });
  const ground = `drawbox=x=0:y=0:w=${counterStrip.width}:h=${counterStrip.height}:color=black:t=fill`;
  return [ground, ...boxes.flat()].join(',');
}
