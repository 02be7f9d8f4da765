import { parseWatchUrl } from '@spillway/client';
import { compileCheck, RoomName } from '@spillway/protocol';

const check = compileCheck(RoomName);

/**
 * The room that a visitor means: a code or a name, in whatever case and with spaces, or a pasted watch URL.
 *
 * @returns undefined when it cannot be one.
 */
export function roomFromInput(text: string): string | undefined {
  const name = parseWatchUrl(text.trim())?.room ?? text.replace(/\s+/g, '').toLowerCase();
  return check(name).ok ? name : undefined;
}
