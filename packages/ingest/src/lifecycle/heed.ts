/** Milliseconds that work which was told to give up is waited for. */
const HEED_MS = 2000;

/** It went on although it was told to give up; it is left alone. */
class NotHeededError extends Error {
  override readonly name = 'NotHeededError';

  constructor() {
    super('It did not end when it was told to');
  }
}

/**
 * Waits for work that should end soon when it is told to give up, and not much longer if it does not: a hung disk or a
 * missing worker must not keep whoever has given up.
 *
 * @throws {NotHeededError} and whatever the work throws
 */
export async function heeded<T>(work: Promise<T>, giveUp: AbortSignal, limitMs = HEED_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const handleAbort = () => {
    timer = setTimeout(() => late.reject(new NotHeededError()), limitMs);
  };
  if (giveUp.aborted) handleAbort();
  else giveUp.addEventListener('abort', handleAbort, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    giveUp.removeEventListener('abort', handleAbort);
    // Nobody hears what it throws later.
    work.catch(() => {});
  }
}
