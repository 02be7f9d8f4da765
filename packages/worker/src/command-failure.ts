import { CommandError } from './command.ts';
import { interrupted, type WorkerUnavailableCode, WorkerUnavailableError } from './errors.ts';

/** What the operator reads when a command has failed. */
export interface CommandFailureWords {
  readonly code: WorkerUnavailableCode;
  readonly problem: (error: CommandError) => string;
  readonly remedy: string;
}

/** What to throw for what a command threw: words for the operator; anything but a failed command as it is. */
export function commandFailure(error: unknown, { code, problem, remedy }: CommandFailureWords): unknown {
  if (!(error instanceof CommandError)) {
    return error;
  }
  if (error.failure === 'aborted') {
    return interrupted(error);
  }
  return new WorkerUnavailableError(code, problem(error), remedy, { cause: error });
}
