/** How long a scrape waits for a worker. Prometheus itself waits for 10 s by default. Milliseconds. */
const LIMIT = 1000;

/**
 * Makes a question one that is answered in time, or by undefined. Whoever has not answered yet is not asked again: all
 * who ask meanwhile wait for the same answer. So one that hangs holds nothing up, and questions do not pile up.
 */
export function inTime<K extends object, T>(
  ask: (whom: K) => Promise<T>,
  limitMs = LIMIT,
): (whom: K) => Promise<T | undefined> {
  const pending = new WeakMap<K, Promise<T>>();
  const askOnce = (whom: K) => {
    const present = pending.get(whom);
    if (present) return present;
    const answer = ask(whom).finally(() => pending.delete(whom));
    pending.set(whom, answer);
    return answer;
  };
  return async (whom) => {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), limitMs);
    try {
      return await Promise.race([askOnce(whom), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
