import { expect, test } from 'vitest';
import { ageOf, type PictureAge, type ShownPicture } from './present.ts';

/** Pictures at a time, in milliseconds of the RTP clock, when so many were there. */
function pictures(...all: readonly [ms: number, total: number][]): ShownPicture[] {
  return all.map(([ms, total]) => ({ rtpTimestamp: (0xffff_f000 + 90 * ms) >>> 0, total }));
}

function ages(shown: readonly ShownPicture[]): PictureAge[] {
  return shown.map((picture, index) => ageOf(shown[index - 1], picture));
}

/** The index of the first picture that is of the present. */
function firstPresent(shown: readonly ShownPicture[]): number {
  return ages(shown).indexOf('present');
}

test('of live video the second picture is', () => {
  for (const rate of [5, 25, 30, 60]) {
    expect(firstPresent(pictures([0, 1], [1000 / rate, 2], [2000 / rate, 3])), `${rate} a second`).toBe(1);
  }
});

test('it is the first that comes after the past, however fast the decoder is', () => {
  expect(firstPresent(pictures([0, 1], [3, 4], [6, 7], [9, 10], [42, 11]))).toBe(4);
  expect(firstPresent(pictures([0, 1], [26, 27], [59, 28]))).toBe(2);
  expect(firstPresent(pictures([0, 10], [15, 25], [48, 26]))).toBe(2);
});

test('it is not the one that comes together with some of the past', () => {
  expect(firstPresent(pictures([0, 1], [16 + 33, 18], [16 + 67, 19]))).toBe(2);
});

test('of two that were left out it is as well', () => {
  expect(firstPresent(pictures([0, 1], [100, 4]))).toBe(1);
});

test('after a pause it is not the first', () => {
  expect(firstPresent(pictures([0, 1], [6000, 2], [6003, 5], [6036, 6]))).toBe(3);
});

test('where the browser does not tell, it is the first', () => {
  expect(ageOf(undefined, { rtpTimestamp: undefined, total: 1 })).toBe('present');
});

test('what is squeezed is evidently of the past, whether all of it is shown or not', () => {
  expect(ages(pictures([0, 1], [1, 2], [17, 18], [33, 34]))).toEqual(['unknown', 'past', 'past', 'past']);
  expect(ages(pictures([0, 1], [0.25, 2], [16 + 33, 18]))).toEqual(['unknown', 'past', 'past']);
});

test('of a few pictures a second, of more than a screen shows, and after a jump, nothing can be said', () => {
  for (const distance of [1000, 500, 334, 1000 / 120, 1000 / 240, 0, -40, -6000]) {
    expect(ages(pictures([0, 1], [distance, 2])), `${distance} ms`).toEqual(['unknown', 'unknown']);
  }
});
