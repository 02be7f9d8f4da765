import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JoinPace } from './join-queue-pace.ts';

/** Busy with media and with as many joins as are let in, at what these really cost. */
function crowd(media: { worker: number; node: number }, cost: { worker: number; node: number }) {
  const pace = new JoinPace();
  let worker = media.worker;
  const seconds = Array.from({ length: 80 }, () => {
    const joins = Math.floor(pace.perSecond);
    for (let i = 0; i < joins; i += 1) pace.count();
    const node = Math.min(1, media.node + joins * cost.node);
    worker += 0.5 * (Math.min(1, media.worker + (joins * cost.worker) / 2) - worker);
    pace.measure([worker, worker], node, 1);
    return { joins, fullest: Math.max(worker, node) };
  });
  return seconds.slice(-10);
}

it('is not starved by what joins themselves cost, and comes to where they leave the rest to what plays', () => {
  const cost = fc.double({ min: 0.001, max: 0.004, noNaN: true });
  const busy = fc.double({ min: 0, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(busy, busy, cost, cost, (worker, node, ofWorker, ofNode) => {
      const seconds = crowd({ worker, node }, { worker: ofWorker, node: ofNode });
      const joins = seconds.map((second) => second.joins);
      expect(Math.max(...joins) - Math.min(...joins)).toBeLessThan(Math.max(...joins) / 5);
      for (const { fullest } of seconds) {
        expect(fullest).toBeGreaterThan(0.7);
        expect(fullest).toBeLessThan(0.9);
      }
    }),
  );
});

it('slows down while what plays needs the workers, and comes back', () => {
  const pace = new JoinPace();
  const idle = pace.perSecond;
  for (let i = 0; i < 10; i += 1) pace.measure([0.95, 0.95], 0.1, 1);
  const least = pace.perSecond;
  expect(least).toBeLessThan(idle / 10);
  expect(least).toBeGreaterThan(0);
  for (let i = 0; i < 20; i += 1) pace.measure([0, 0], 0, 1);
  expect(pace.perSecond).toBeGreaterThanOrEqual(idle * 0.99);
});

it('has a limit', () => {
  const pace = new JoinPace(3);
  expect(pace.perSecond).toBe(3);
  pace.measure([0, 0], 0, 1);
  expect(pace.perSecond).toBe(3);
});
