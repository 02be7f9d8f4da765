import { apiUrl } from '@spillway/client';
import { compileCheck, RoomInfo } from '@spillway/protocol';

const checkRoom = compileCheck(RoomInfo);
const server = new URL('/', location.href);

/**
 * The listed rooms of this server, those with most viewers first.
 *
 * @throws Error when the server does not answer as it should.
 */
export async function fetchRooms(): Promise<RoomInfo[]> {
  const body: unknown = await fetchJson('rooms');
  if (typeof body !== 'object' || body === null || !('rooms' in body) || !Array.isArray(body.rooms)) {
    throw new Error('the server did not answer a list of rooms');
  }
  return body.rooms.map(toRoom).sort((a, b) => b.viewers - a.viewers || a.name.localeCompare(b.name));
}

/**
 * One room of this server.
 *
 * @throws Error when there is none of that name, or the server does not answer as it should.
 */
export async function fetchRoom(name: string): Promise<RoomInfo> {
  return toRoom(await fetchJson(`rooms/${encodeURIComponent(name)}`));
}

function toRoom(value: unknown): RoomInfo {
  const room = checkRoom(value);
  if (!room.ok) throw new Error(`the server answered a room that is not valid: ${room.error}`);
  return room.value;
}

async function fetchJson(path: string): Promise<unknown> {
  const response = await fetch(apiUrl(server, path), { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  return response.json();
}
