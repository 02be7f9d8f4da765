/** How many are at work at the same time, where nobody says. */
const CONCURRENCY = 64;

/**
 * Does something with each of many, a bounded number at a time.
 *
 * @param work must not reject
 */
export async function forEachOf<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  concurrency = CONCURRENCY,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
