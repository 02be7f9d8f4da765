import { expect, test } from 'vitest';
import { TsStarts } from './ts-starts.ts';

const PAT = 0;
const PMT = 0x1000;
const VIDEO = 0x100;
const AUDIO = 0x101;

function packet(pid: number, { key = false, number = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(188, 0xff);
  bytes[0] = 0x47;
  bytes.writeUInt16BE(0x4000 | pid, 1);
  bytes.set(key ? [0x30, 1, 0x40] : [0x10, 0, 0], 3);
  bytes[187] = number;
  return bytes;
}

const stream = Buffer.concat([
  packet(PAT),
  packet(PMT),
  packet(VIDEO, { key: true, number: 1 }),
  packet(AUDIO, { key: true, number: 2 }),
  // Tables that come in between, and are followed by another frame.
  packet(PAT),
  packet(PMT),
  packet(AUDIO, { key: true, number: 3 }),
  packet(VIDEO, { number: 4 }),
  packet(PAT),
  packet(PMT),
  packet(VIDEO, { number: 5 }),
  packet(PAT),
  packet(PMT),
  packet(VIDEO, { key: true, number: 6 }),
  packet(AUDIO, { key: true, number: 7 }),
]);

test.each([188, 1, 100, 400, 1316, 100_000])(
  'cuts before the tables of key frames, read by %d bytes',
  (size) => {
    const starts = new TsStarts();
    const runs = [];
    for (let at = 0; at < stream.length; at += size)
      runs.push(...starts.push(stream.subarray(at, at + size)));
    expect(Buffer.concat(runs.map(({ bytes }) => bytes))).toEqual(stream);
    expect(runs.every(({ bytes }) => bytes.length % 188 === 0)).toBe(true);
    let at = 0;
    const found: number[] = [];
    for (const { bytes, start } of runs) {
      if (start) found.push(at / 188);
      at += bytes.length;
    }
    expect(found).toEqual([0, 11]);
  },
);

test('takes bytes that are no transport stream for what they are', () => {
  const starts = new TsStarts();
  const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
  const runs = starts.push(noise);
  expect(runs.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeGreaterThan(40_000);
});
