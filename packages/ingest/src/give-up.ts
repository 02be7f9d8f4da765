import { InputError } from './input.ts';

/**
 * Waits for work that cannot be broken off, unless told to give up; then it is left alone.
 *
 * @param reason why there is no result, asked when it is given up
 * @throws {InputError} with that reason, not final; and whatever the work throws
 */
export async function unlessGivenUp<T>(
  work: Promise<T>,
  giveUp: AbortSignal,
  reason: () => string,
): Promise<T> {
  const given = Promise.withResolvers<never>();
  const handleAbort = () => given.reject(new InputError({ reason: reason(), final: false }));
  giveUp.addEventListener('abort', handleAbort);
  if (giveUp.aborted) handleAbort();
  try {
    return await Promise.race([work, given.promise]);
  } finally {
    giveUp.removeEventListener('abort', handleAbort);
    // Nobody hears what it throws later.
    work.catch(() => {});
  }
}
