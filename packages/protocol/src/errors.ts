/** Stable codes of refusals and the HTTP status of each; signalling and REST use the same. */
export const errorStatus = {
  'bad-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'room-busy': 409,
  'wrong-state': 409,
  'unreadable-input': 422,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof errorStatus;

/** A refusal with a stable code. `message` says what is wrong and how to mend it, and may be shown to the client. */
export class SpillwayError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'SpillwayError';
    this.code = code;
  }
}
