/** Stable codes of refusals and the HTTP status of each; signalling and REST use the same. */
export const errorStatus = {
  'bad-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'room-busy': 409,
  'not-live': 409,
  'wrong-state': 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  'unreadable-input': 422,
  'precondition-required': 428,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof errorStatus;

/** A refusal with a stable code. `message` says what is wrong and how to mend it, and may be shown to the client. */
export class SpillwayError extends Error {
  readonly code: ErrorCode;
  /** When to try again. Seconds; undefined where that is not known. Sent as `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly retryAfter?: number } = {}) {
    super(message);
    this.name = 'SpillwayError';
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}
