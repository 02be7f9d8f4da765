const FIRST_MS = 500;
const LONGEST_MS = 8000;

/**
 * How long to wait when the server has said when to come back: up to a quarter longer, so that all who wait do not return
 * in one wave.
 *
 * @param seconds What the server said.
 * @param random A number of 0 (inclusive) to 1 (exclusive).
 * @returns Milliseconds.
 */
export function toldDelay(seconds: number, random: number): number {
  return Math.round(seconds * 1000 * (1 + random / 4));
}

/**
 * How long to wait before the next attempt to connect: 0.5 s, doubling to 8 s, of which the upper half is random, so
 * that the viewers of a restarted server do not return in one wave.
 *
 * @param failures Attempts that failed since the last connection, 0 for the first.
 * @param random A number of 0 (inclusive) to 1 (exclusive).
 * @returns Milliseconds.
 */
export function reconnectDelay(failures: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** failures, LONGEST_MS);
  return Math.round(full * (0.5 + random / 2));
}
