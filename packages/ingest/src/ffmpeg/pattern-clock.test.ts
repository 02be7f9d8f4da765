import { expect, test } from 'vitest';
import { PATTERN_CLOCK, type Pixels, patternClockAge, readPatternClock } from './pattern-clock.ts';

/** Draws a row of cells as the layout says. */
function picture(width: number, height: number, bits: readonly number[]): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(128);
  for (let y = 0; y < Math.floor(height / PATTERN_CLOCK.rows); y += 1) {
    for (let x = 0; x < width; x += 1) {
      const bit = bits[Math.floor((x * PATTERN_CLOCK.columns) / width)];
      if (bit !== undefined) data.fill(bit * 255, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return { width, height, data };
}

function clockBits(time: number): number[] {
  const bits = (value: number, count: number) =>
    Array.from({ length: count }, (_, index) => (value >> (count - 1 - index)) & 1);
  let check = 0;
  for (let shift = 0; shift < PATTERN_CLOCK.timeBits; shift += 4) check ^= (time >> shift) & 15;
  return [
    ...PATTERN_CLOCK.start,
    ...bits(time, PATTERN_CLOCK.timeBits),
    ...bits(check, PATTERN_CLOCK.checkBits),
  ];
}

test.each([
  [160, 90],
  [320, 180],
  [1280, 720],
  [854, 480],
])('reads what the layout says at %ix%i', (width, height) => {
  for (const time of [0, 1, 0xabcdef, 0xffffff, 0x800001]) {
    expect(readPatternClock(picture(width, height, clockBits(time)))).toBe(time);
  }
});

test('a wrong bit, another start, grey or nothing is no clock', () => {
  const right = clockBits(0x123456);
  for (let cell = 0; cell < right.length; cell += 1) {
    const wrong = right.with(cell, 1 - (right[cell] ?? 0));
    expect(readPatternClock(picture(640, 360, wrong))).toBeUndefined();
  }
  expect(readPatternClock(picture(640, 360, right.with(7, 0.5)))).toBeUndefined();
  expect(readPatternClock(picture(640, 360, []))).toBeUndefined();
  expect(readPatternClock({ width: 0, height: 0, data: [] })).toBeUndefined();
});

test('works as text in a page', () => {
  const inPage: typeof readPatternClock = new Function(`return (${readPatternClock})`)();
  expect(inPage(picture(320, 180, clockBits(4242)))).toBe(4242);
});

test('the age of a clock goes over its end, and may be negative', () => {
  const now = 1_700_000_000_000;
  expect(patternClockAge((now - 250) % 2 ** 24, now)).toBe(250);
  expect(patternClockAge((now + 30) % 2 ** 24, now)).toBe(-30);
  expect(patternClockAge(2 ** 24 - 10, 2 ** 24 * 7 + 5)).toBe(15);
});
