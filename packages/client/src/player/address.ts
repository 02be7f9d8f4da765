import { compileCheck, RoomName } from '@spillway/protocol';
import { parseWatchUrl, type RoomAddress, serverUrl } from '../server-url.ts';

const checkRoomName = compileCheck(RoomName);

/** The attributes of a player that name a room. */
export interface AddressAttributes {
  /** A watch URL. Goes before the others. */
  src: string | null;
  /** Base URL of a server. */
  server: string | null;
  room: string | null;
}

/**
 * The room that a player's attributes name.
 *
 * @param base What relative URLs are relative to.
 * @param ownServer The server when only `room` is given.
 * @returns undefined when they name none.
 */
export function addressFrom(
  { src, server, room }: AddressAttributes,
  base: string,
  ownServer: string,
): RoomAddress | undefined {
  if (src) {
    const address = parseWatchUrl(src, base);
    return address && checkRoomName(address.room).ok ? address : undefined;
  }
  if (!room || !checkRoomName(room).ok) return undefined;
  try {
    return { room, server: server ? serverUrl(server, base) : serverUrl(ownServer) };
  } catch {
    return undefined;
  }
}

/** The endpoint that the attribute `whep` names; undefined when it is no http(s) URL. */
export function whepEndpointFrom(whep: string, base: string): URL | undefined {
  if (!URL.canParse(whep, base)) return undefined;
  const url = new URL(whep, base);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}
