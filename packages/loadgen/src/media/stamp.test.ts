import { execFileSync } from 'node:child_process';
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
  const clock = new URL('clock.ts', import.meta.url).href;
  const program = `import(${JSON.stringify(clock)}).then((it) => console.log(it.monotonicMicros()))`;
  const before = monotonicMicros();
  const now = Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
  expect(now).toBeGreaterThan(before);
  expect(now).toBeLessThan(monotonicMicros());
});

test('the clock is that of process.hrtime', () => {
  const before = Number(process.hrtime.bigint()) / 1000;
  const now = monotonicMicros();
  const after = Number(process.hrtime.bigint()) / 1000;
  // How closely the two are known to each other.
  expect(now).toBeGreaterThan(before - 200);
  expect(now).toBeLessThan(after + 200);
});
