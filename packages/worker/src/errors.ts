/** What kept a worker from being found or made. Stable: callers may branch on it. */
export type WorkerUnavailableCode =
  | 'WORKER_BIN_UNUSABLE'
  | 'WORKER_ORIGIN_INVALID'
  | 'WORKER_CACHE_UNUSABLE'
  | 'WORKER_PREBUILT_UNAVAILABLE'
  | 'WORKER_TOOLS_MISSING'
  | 'WORKER_INSTALL_FAILED'
  | 'WORKER_SOURCE_UNUSABLE'
  | 'WORKER_BUILD_FAILED'
  | 'WORKER_TEST_FAILED'
  | 'WORKER_INTERRUPTED';

/** No usable mediasoup-worker. `message` holds both what failed and how to mend it. */
export class WorkerUnavailableError extends Error {
  override readonly name = 'WorkerUnavailableError';
  readonly code: WorkerUnavailableCode;
  /** What failed, and where. */
  readonly problem: string;
  /** What the operator can do about it. */
  readonly remedy: string;

  constructor(code: WorkerUnavailableCode, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem}\n${remedy}`, options);
    this.code = code;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** The caller's signal, or one sent to this process, ended a long step. */
export function interrupted(cause?: unknown): WorkerUnavailableError {
  return new WorkerUnavailableError(
    'WORKER_INTERRUPTED',
    'Preparing mediasoup-worker was interrupted.',
    'Start again; nothing unfinished was kept.',
    { cause },
  );
}

/** The message of anything thrown, with the reason that Node's fetch and file system hide in `cause`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }

  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}
