import { type ErrorCode, errorStatus } from '@spillway/protocol';

/**
 * Why a request failed: a code of the server, or of the client itself. `disconnected`: there was no connection, or it
 * was lost before the answer came; `timeout`: the server did not answer; `invalid-answer`: the answer was not what the
 * protocol says.
 */
export type SignalingFailure = ErrorCode | 'disconnected' | 'timeout' | 'invalid-answer';

/** A signalling request that failed. */
export class SignalingError extends Error {
  override readonly name = 'SignalingError';
  readonly code: SignalingFailure;
  /** HTTP status of the problem; 0 when the server had no part in it. */
  readonly status: number;

  constructor(code: SignalingFailure, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** From protoo's rejection, whose `code` is the status and whose message is `CODE: sentence`. */
  static fromRejection(error: unknown): SignalingError {
    if (error instanceof SignalingError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const status =
      error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 0;
    const [, code, sentence] = /^([a-z-]+): (.*)$/s.exec(message) ?? [];
    if (code && sentence && isErrorCode(code)) return new SignalingError(code, status, sentence);
    if (status === 0) return new SignalingError('disconnected', 0, message);
    return new SignalingError('internal', status, message);
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorStatus, code);
}
