import { expect, test } from 'vitest';
import { monotonicMicros } from './clock.ts';
import { readStamp, STAMP_BYTES, writeStamp } from './stamp.ts';

test('a stamp is read back to the microsecond', () => {
  const packet = Buffer.alloc(100, 7);
  for (const micros of [0, 1, 2 ** 32, 123_456_789_012.9]) {
    writeStamp(packet, micros);
    expect(readStamp(packet)).toBe(Math.floor(micros));
  }
  expect(packet.subarray(0, 100 - STAMP_BYTES)).toEqual(Buffer.alloc(100 - STAMP_BYTES, 7));
});

test('a stamp is found where the content ends, padding or not', () => {
  const packet = Buffer.alloc(40);
  writeStamp(packet.subarray(0, 32), 5);
  expect(readStamp(packet, 32)).toBe(5);
  expect(readStamp(packet)).toBeUndefined();
});

test('other media has none', () => {
  expect(readStamp(Buffer.alloc(100))).toBeUndefined();
  expect(readStamp(Buffer.alloc(STAMP_BYTES - 1))).toBeUndefined();
});

test('the clock is the one that all processes of the machine share', () => {
  const before = Number(process.hrtime.bigint()) / 1000;
  const now = monotonicMicros();
  const after = Number(process.hrtime.bigint()) / 1000;
  // Both clocks are read in whole parts of a microsecond.
  expect(now).toBeGreaterThan(before - 100);
  expect(now).toBeLessThan(after + 100);
});
