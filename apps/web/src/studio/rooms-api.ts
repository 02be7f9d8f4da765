import { compileCheck, RoomInfo } from '@spillway/protocol';
import { ApiError, sendRequest } from './api-request.ts';

const checkRoom = compileCheck(RoomInfo);

/**
 * Makes a room.
 *
 * @param name Default: a free 6-digit code.
 * @returns its name.
 * @throws ApiError; status 409 when there is one of that name.
 */
export async function createRoom(server: URL, credential: string, name?: string): Promise<string> {
  const body = name ? { name } : {};
  const room = checkRoom(await sendRequest(server, credential, { method: 'POST', path: 'rooms', body }));
  if (!room.ok) throw new ApiError(200, `the server's answer is not valid: ${room.error}`);
  return room.value.name;
}
