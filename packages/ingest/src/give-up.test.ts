import { expect, test } from 'vitest';
import { unlessGivenUp } from './give-up.ts';
import { InputError } from './input.ts';

const reason = () => 'nobody waits any more';

test('gives what the work gives, or throws what it throws', async () => {
  const { signal } = new AbortController();
  expect(await unlessGivenUp(Promise.resolve(7), signal, reason)).toBe(7);
  await expect(unlessGivenUp(Promise.reject(new Error('broken')), signal, reason)).rejects.toThrow('broken');
});

test('leaves work alone when told to give up, before or meanwhile', async () => {
  const controller = new AbortController();
  const endless = new Promise<never>(() => {});
  const waiting = unlessGivenUp(endless, controller.signal, reason);
  controller.abort();
  await expect(waiting).rejects.toThrow(InputError);
  await expect(unlessGivenUp(endless, controller.signal, reason)).rejects.toThrow(reason());
});

test('work that fails after it was left alone is heard by nobody', async () => {
  const work = Promise.withResolvers<never>();
  await expect(unlessGivenUp(work.promise, AbortSignal.abort(), reason)).rejects.toThrow(reason());
  work.reject(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
});
