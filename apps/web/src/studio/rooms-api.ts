import { apiUrl } from '@spillway/client';
import { compileCheck, RoomInfo } from '@spillway/protocol';

/** A request to the REST interface that failed. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const checkRoom = compileCheck(RoomInfo);

/**
 * Makes a room with a free 6-digit code.
 *
 * @throws ApiError
 */
export async function createRoom(server: URL, credential: string): Promise<string> {
  const response = await fetch(apiUrl(server, 'rooms'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
    body: '{}',
  }).catch((error: Error) => {
    throw new ApiError(0, error.message);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(response.status, problemDetail(body) ?? response.statusText);
  const room = checkRoom(body);
  if (!room.ok) throw new ApiError(response.status, `the server's answer is not valid: ${room.error}`);
  return room.value.name;
}

function problemDetail(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('detail' in body)) return undefined;
  return typeof body.detail === 'string' ? body.detail : undefined;
}
