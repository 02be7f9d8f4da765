import { expect, it, vi } from 'vitest';
import { inTime } from './in-time.ts';

const whom = {};

it('gives the answer, one for all who ask meanwhile, and asks anew afterwards', async () => {
  const ask = vi.fn(async () => 42);
  const question = inTime(ask, 60_000);
  expect(await Promise.all([question(whom), question(whom)])).toEqual([42, 42]);
  expect(ask).toHaveBeenCalledOnce();
  expect(await question(whom)).toBe(42);
  expect(ask).toHaveBeenCalledTimes(2);
});

it('goes on without an answer, does not ask again meanwhile, and takes the late one', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const ask = vi.fn(() => promise);
  const question = inTime(ask, 10);
  expect(await question(whom)).toBeUndefined();
  expect(await question(whom)).toBeUndefined();
  const third = question(whom);
  resolve(42);
  expect(await third).toBe(42);
  expect(ask).toHaveBeenCalledOnce();
});

it('asks anew after a failure', async () => {
  const ask = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('gone')).mockResolvedValue(42);
  const question = inTime(ask, 60_000);
  await expect(question(whom)).rejects.toThrow('gone');
  expect(await question(whom)).toBe(42);
});
