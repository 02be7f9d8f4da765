import { reconnectDelay, toldDelay } from '../backoff.ts';
import { HttpRefusal } from './http-refusal.ts';

/**
 * How long to wait before a server is asked again: as it said (`toldDelay`), otherwise as
 * `reconnectDelay`.
 *
 * @param failures Attempts that failed in a row, 0 for the first.
 * @param random A number of 0 (inclusive) to 1 (exclusive).
 * @returns Milliseconds.
 */
export function retryDelay(error: unknown, failures: number, random: number): number {
  const told = error instanceof HttpRefusal ? error.retryAfter : undefined;
  if (told === undefined || told === 0) return reconnectDelay(failures, random);
  return toldDelay(told, random);
}
