import type { Readable } from 'node:stream';

/** What FFmpeg reads in one run. */
export interface OpenInput {
  /**
   * FFmpeg's options for it, ending in `-i` and what it reads. Every user of the machine can read them, so they hold no
   * password and no address that may hold one.
   */
  readonly args: readonly string[];
  /** What FFmpeg reads from its standard input, where the arguments say so: a script with secrets, or the media. */
  readonly stdin?: string | Readable | undefined;
  /**
   * The first bytes of a `stdin` that is a stream and cannot be opened twice, for the doctor; they stay in the stream.
   * Resolves when there are enough to know the streams by.
   */
  readonly sample?: () => Promise<Buffer>;
  /** What must not appear in any line that FFmpeg writes. */
  readonly secrets: readonly string[];
  /** Why its picture comes encoded anew already, in words. Default: it comes as it was. */
  readonly encodedAnew?: string;
  /** RTP packets that came and those that did not, where the input sees them. */
  readonly loss?: () => { readonly received: number; readonly lost: number };
  /** Why it went wrong, where the input itself knows better than FFmpeg. */
  readonly problem?: () => InputProblem | undefined;
  /** Idempotent. Frees what it holds. */
  readonly close: () => void;
}

/** Why an input cannot be read. */
export interface InputProblem {
  /** What is wrong and how to mend it, in words; without secrets. */
  readonly reason: string;
  /** Whether trying again is of no use until somebody changes something here. */
  readonly final: boolean;
  /** Milliseconds until the next try at least, where trying does harm: cameras lock users out. Default 0. */
  readonly pauseMs?: number;
}

/** An input that cannot be opened. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problem: InputProblem;
  readonly final: boolean;

  constructor(problem: InputProblem) {
    super(problem.reason);
    this.problem = problem;
    this.final = problem.final;
  }
}

/** Opens the input of a source, once for each run. */
export interface InputOpener {
  /** Whether it waits for an encoder that connects. Default false. */
  readonly listens?: boolean;
  /** What it waits for while `open` has not resolved, such as "Waits for an encoder to connect". */
  readonly waiting: string;
  /**
   * Opens it; may wait for long (for an encoder that connects) unless told to give up.
   *
   * @throws {InputError} why it cannot be opened now
   */
  open(giveUp: AbortSignal): Promise<OpenInput>;
  /** Idempotent. Gives up what it holds between two runs, such as ports. */
  close(): void;
}
