import { expect, test } from 'vitest';
import { MissingPackets } from './missing-packets.ts';
import { nackPacket } from './nack-packet.ts';

const MS = 1000;

test('what is missing is asked for at once, and again until it comes', () => {
  const missing = new MissingPackets();
  missing.add(5, 8);
  expect(missing.take(0)).toEqual([5, 6, 7]);
  expect(missing.take(10 * MS)).toEqual([]);
  missing.delete(6);
  expect(missing.take(50 * MS)).toEqual([5, 7]);
});

test('it is given up in the end', () => {
  const missing = new MissingPackets();
  missing.add(1, 2);
  const asked = Array.from({ length: 30 }, (_, index) => missing.take(100 * MS * index)).flat();
  expect(asked).toEqual(Array(10).fill(1));
  expect(missing.size).toBe(0);
});

test('of a large hole, the latest are asked for', () => {
  const missing = new MissingPackets();
  missing.add(0, 3);
  missing.add(100, 10_000);
  expect(missing.size).toBe(500);
  expect(missing.take(0).at(-1)).toBe(9999);
  expect(missing.take(0)).not.toContain(0);
});

test('a NACK has the missing ones in a bit mask behind the first', () => {
  const packet = nackPacket(0xaabb_ccdd, [65_535, 65_536, 65_551, 65_552, 65_600]);
  expect(packet.toString('hex')).toBe(
    ['81cd0005', '00000001', 'aabbccdd', 'ffff8001', '00100000', '00400000'].join(''),
  );
});
