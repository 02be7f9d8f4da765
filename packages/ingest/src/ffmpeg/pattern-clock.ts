/*
 * The machine-readable clock of the test pattern: 32 cells in a row at the top left of the picture, each 1/40 of the
 * width wide and 1/18 of the height high, white for 1 and black for 0, the most significant bit first:
 *
 *   1 0 1 0 | 24 bits: milliseconds since the Unix epoch, modulo 2^24 | 4 bits: exclusive or of the six nibbles before
 *
 * This file imports nothing, and each function needs nothing outside itself: a page may get it as text.
 */

/** Layout of the row, for whoever draws it. */
export const PATTERN_CLOCK = {
  /** Cells that the whole width would hold. */
  columns: 40,
  /** Cells that the whole height would hold. */
  rows: 18,
  start: [1, 0, 1, 0],
  timeBits: 24,
  checkBits: 4,
} as const;

/** A picture as `CanvasRenderingContext2D.getImageData()` gives it: 4 bytes (RGBA) a pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/**
 * Reads the clock of a picture of the test pattern, of any size from 160x90.
 *
 * @returns milliseconds since the Unix epoch modulo 2^24 (4.66 hours), or undefined when the picture shows no valid clock.
 */
export function readPatternClock(pixels: Pixels): number | undefined {
  const { width, height, data } = pixels;
  const bits: number[] = [];
  for (let cell = 0; cell < 32; cell += 1) {
    // The middle half of the cell: compression and scaling blur the edges.
    const left = Math.round(((cell + 0.25) * width) / 40);
    const right = Math.max(left + 1, Math.round(((cell + 0.75) * width) / 40));
    const top = Math.round((0.25 * height) / 18);
    const bottom = Math.max(top + 1, Math.round((0.75 * height) / 18));
    let sum = 0;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const at = 4 * (y * width + x);
        sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
      }
    }
    const brightness = sum / ((bottom - top) * (right - left));
    if (brightness > 85 && brightness < 170) return undefined;
    bits.push(brightness >= 170 ? 1 : 0);
  }
  const number = (from: number, to: number) =>
    bits.slice(from, to).reduce((value, bit) => value * 2 + bit, 0);
  if (number(0, 4) !== 0b1010) return undefined;
  let check = 0;
  for (let nibble = 4; nibble < 28; nibble += 4) check ^= number(nibble, nibble + 4);
  return check === number(28, 32) ? number(4, 28) : undefined;
}

/**
 * Milliseconds from the moment that a pattern's clock shows until `now` (`Date.now()` of a machine whose clock agrees).
 * Small negative values mean that the clocks differ.
 */
export function patternClockAge(clock: number, now: number): number {
  const age = (((now - clock) % 2 ** 24) + 2 ** 24) % 2 ** 24;
  return age < 2 ** 23 ? age : age - 2 ** 24;
}
