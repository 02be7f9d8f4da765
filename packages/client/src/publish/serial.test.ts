import { expect, it } from 'vitest';
import { serial } from './serial.ts';

it('runs jobs one after the other, whatever becomes of them', async () => {
  const run = serial();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = run(async () => {
    await gate.promise;
    order.push('first');
    throw new Error('lost');
  });
  const second = run(async () => {
    order.push('second');
    return 2;
  });
  gate.resolve();
  await expect(first).rejects.toThrow('lost');
  await expect(second).resolves.toBe(2);
  expect(order).toEqual(['first', 'second']);
});
