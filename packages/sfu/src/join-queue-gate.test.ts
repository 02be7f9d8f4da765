import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JoinGate } from './join-queue-gate.ts';

it('lets pass what the rate gives, and a tenth of a second of it at once', () => {
  const gate = new JoinGate(0);
  const passed = (now: number, perSecond: number) => {
    let count = 0;
    while (gate.take(now, perSecond)) count += 1;
    return count;
  };
  expect(passed(0, 300)).toBe(31);
  expect(passed(0.05, 300)).toBe(15);
  expect(passed(10, 300)).toBe(31);
  // One at least, however low the rate is.
  expect(passed(20, 0.5)).toBe(1);
  expect(passed(21, 0.5)).toBe(0);
  expect(passed(23, 0.5)).toBe(1);
});

it('never lets more pass than the rate and the burst allow, whenever it is asked', () => {
  const ask = fc.record({
    after: fc.double({ min: 0, max: 1, noNaN: true }),
    perSecond: fc.integer({ min: 1, max: 1000 }),
    times: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(ask, { minLength: 1, maxLength: 50 }), (asks) => {
      const gate = new JoinGate(0);
      const burst = Math.max(...asks.map(({ perSecond }) => 1 + perSecond / 10));
      let now = 0;
      let allowed = burst;
      let passed = 0;
      for (const { after, perSecond, times } of asks) {
        now += after;
        allowed += after * perSecond;
        for (let i = 0; i < times; i += 1) passed += gate.take(now, perSecond) ? 1 : 0;
        expect(passed).toBeLessThanOrEqual(allowed + 1e-6);
      }
    }),
  );
});
