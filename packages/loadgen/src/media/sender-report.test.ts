import { expect, test } from 'vitest';
import { senderReport } from './sender-report.ts';

test('a compound packet of a report and a name', () => {
  const state = { ssrc: 0xaabb_ccdd, timestamp: 0x8000_0001, packets: 7, octets: 7000 };
  const report = senderReport(state, 'name', 1_500_000_000_500);
  expect(report.subarray(0, 4).toString('hex')).toBe('80c80006');
  expect(report.readUInt32BE(4)).toBe(0xaabb_ccdd);
  expect(report.readUInt32BE(8)).toBe(1_500_000_000 + 2_208_988_800);
  expect(report.readUInt32BE(12)).toBe(2 ** 31);
  expect(report.readUInt32BE(16)).toBe(0x8000_0001);
  expect([report.readUInt32BE(20), report.readUInt32BE(24)]).toEqual([7, 7000]);
  const description = report.subarray(28);
  expect(description.subarray(0, 4).toString('hex')).toBe('81ca0003');
  expect(description.subarray(8).toString('latin1')).toBe('\u0001\u0004name\0\0');
});

test('a name of any length ends on a boundary, with a zero before it', () => {
  for (let length = 1; length < 12; length += 1) {
    const report = senderReport({ ssrc: 1, timestamp: 0, packets: 0, octets: 0 }, 'n'.repeat(length), 0);
    expect(report.length % 4).toBe(0);
    expect(report.at(-1)).toBe(0);
    expect(report.readUInt16BE(30)).toBe((report.length - 28) / 4 - 1);
  }
});
