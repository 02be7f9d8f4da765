import { expect, test } from 'vitest';
import { FreezeMeter } from './freeze-meter.ts';

const MS = 1000;

function meterOf(gaps: readonly number[]): FreezeMeter {
  const meter = new FreezeMeter();
  for (const gap of gaps) meter.take(gap * MS);
  return meter;
}

const steady = Array.from({ length: 30 }, () => 33);

test('steady frames do not freeze', () => {
  expect(meterOf(steady).state(0)).toEqual({ freezes: 0, frozen: 0, longest: 0 });
});

test('at 30 frames a second, a gap of more than 183 ms is a freeze', () => {
  expect(meterOf([...steady, 182]).state(0).freezes).toBe(0);
  expect(meterOf([...steady, 184]).state(0)).toEqual({ freezes: 1, frozen: 184 * MS, longest: 184 * MS });
});

test('at 5 frames a second, it takes three times the average', () => {
  const slow = Array.from({ length: 30 }, () => 200);
  expect(meterOf([...slow, 599]).state(0).freezes).toBe(0);
  expect(meterOf([...slow, 601]).state(0).freezes).toBe(1);
});

test('the average is that of the last 30 frames', () => {
  const toSlow = [...steady, ...Array.from({ length: 30 }, () => 180)];
  expect(meterOf([...toSlow, 520]).state(0).freezes).toBe(0);
  expect(meterOf([...toSlow, 560]).state(0).freezes).toBe(1);
});

test('freezes are summed up, and the longest is known', () => {
  const meter = meterOf([...steady, 300, ...steady, 500]);
  expect(meter.state(0)).toEqual({ freezes: 2, frozen: 800 * MS, longest: 500 * MS });
});

test('a freeze that has not ended counts while it lasts', () => {
  const meter = meterOf(steady);
  expect(meter.state(100 * MS).freezes).toBe(0);
  expect(meter.state(1000 * MS)).toEqual({ freezes: 1, frozen: 1000 * MS, longest: 1000 * MS });
});

test('the first frames have no average to be held against', () => {
  expect(meterOf([33, 900, 33]).state(5000 * MS).freezes).toBe(0);
});
