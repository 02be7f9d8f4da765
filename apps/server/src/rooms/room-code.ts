import { randomInt } from 'node:crypto';
import { ROOM_CODE_DIGITS } from '@spillway/protocol';

const CODES = 10 ** ROOM_CODE_DIGITS;

/**
 * A random room code that is not taken: 6 digits, leading zeros included.
 *
 * @returns undefined when none was found in 100 tries
 */
export function freeRoomCode(isTaken: (code: string) => boolean): string | undefined {
  for (let tries = 0; tries < 100; tries += 1) {
    const code = String(randomInt(CODES)).padStart(ROOM_CODE_DIGITS, '0');
    if (!isTaken(code)) return code;
  }
  return undefined;
}
