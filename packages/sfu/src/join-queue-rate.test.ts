import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinRate } from './join-queue-rate.ts';

const idle = { workers: [0, 0], node: 0, joinsPerSecond: 0 };

it('lets in as many as what is left of the workers and of Node can carry', () => {
  const all = joinRate(idle);
  expect(all).toBeGreaterThan(300);
  expect(joinRate({ ...idle, workers: [0.6, 0.6] })).toBeLessThan(all);
  expect(joinRate({ ...idle, node: 0.6 })).toBeLessThan(all / 3);
  // A full worker takes nothing from the other.
  expect(joinRate({ ...idle, workers: [1, 0] })).toBe(joinRate({ ...idle, workers: [0] }));
});

it('never stops', () => {
  const loads = fc.record({
    workers: fc.array(fc.double({ min: 0, max: 1.2, noNaN: true }), { maxLength: 8 }),
    node: fc.double({ min: 0, max: 1, noNaN: true }),
    joinsPerSecond: fc.double({ min: 0, max: 10_000, noNaN: true }),
  });
  fc.assert(
    fc.property(loads, (load) => {
      expect(joinRate(load)).toBeGreaterThanOrEqual(10);
      expect(joinRate(load)).toBeLessThanOrEqual(1000);
    }),
  );
});
