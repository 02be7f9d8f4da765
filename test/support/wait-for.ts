import { setTimeout as sleep } from 'node:timers/promises';

/** How often a condition is looked at. Milliseconds. */
const INTERVAL = 20;

/**
 * Waits until a condition gives something truthy, and gives it.
 *
 * @param limit milliseconds, default 20 s
 * @throws when the limit is over; the message ends with what `describe` says then
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  limit = 20_000,
  describe?: () => unknown,
): Promise<NonNullable<T>> {
  const end = performance.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) {
      const more = describe ? `: ${JSON.stringify(await describe())}` : '';
      throw new Error(`waited ${limit} ms for ${what}${more}`);
    }
    await sleep(INTERVAL);
  }
}
