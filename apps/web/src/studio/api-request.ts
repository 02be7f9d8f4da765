import { apiUrl } from '@spillway/client';

/** A request to the REST interface that failed. `message` is the server's sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Longer than any answer takes, that of the doctor included. Milliseconds. */
const PATIENCE_MS = 30_000;

/** A request; a body is sent as JSON. */
export interface ApiRequest {
  /** Default `GET`. */
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to `/api/v1/`. */
  path: string;
  body?: unknown;
}

/**
 * Sends a request with a credential.
 *
 * @returns the body of the answer; undefined when it has none. Not checked yet.
 * @throws ApiError
 */
export async function sendRequest(
  server: URL,
  credential: string,
  { method = 'GET', path, body }: ApiRequest,
): Promise<unknown> {
  const response = await fetch(apiUrl(server, path), {
    method,
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${credential}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new ApiError(0, error.message);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(response.status, problemDetail(answer) ?? response.statusText);
  return answer;
}

function problemDetail(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('detail' in body)) return undefined;
  return typeof body.detail === 'string' ? body.detail : undefined;
}
