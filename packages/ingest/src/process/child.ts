import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { findExecutable } from './find-executable.ts';
import { findTether, type Tether, tetheredCommand } from './tether.ts';

/** What a child may have of the machine. */
const DEFAULT_MEMORY_LIMIT = 4 * 2 ** 30;

export interface ChildOptions {
  /** For reasons, such as `FFmpeg`. */
  readonly name: string;
  /** Program to run, searched on `PATH` unless it has a slash. */
  readonly file: string;
  /** Its arguments. Every user of the machine can read them: no passwords. */
  readonly args: readonly string[];
  /** What it reads from its standard input, which nobody else can read. A stream is destroyed with the child. Default: nothing. */
  readonly stdin?: string | Readable | undefined;
  /** Gets its standard output, which it must consume. Default: thrown away. */
  readonly onOutput?: (output: Readable) => void;
  /** Gets what it writes to standard error, in pieces. */
  readonly onWords?: (text: string) => void;
  /** Bytes of address space that it may take. Default 4 GiB. */
  readonly memoryLimit?: number;
  /** Milliseconds between SIGTERM and SIGKILL. Default 3000. */
  readonly killAfterMs?: number;
  /** Milliseconds after which it is ended. Default: it may run for ever. */
  readonly limitMs?: number;
  /** How the child is made to end with this process. Default: the best of this machine. */
  readonly tether?: Tether;
}

/** How a child ended. */
export interface ChildEnd {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: Error;
}

/** There is no such program on this machine. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';

  constructor(program: string) {
    super(`There is no program ${program} on this machine`);
  }
}

/** One run of a program, without a shell around it. It ends with this process, however that ends. */
export class Child {
  readonly #child: ChildProcess;
  readonly #killAfterMs: number;
  #killTimer: NodeJS.Timeout | undefined;
  readonly #limitTimer: NodeJS.Timeout | undefined;
  /** Resolves when it has ended and all that it wrote was read. */
  readonly ended: Promise<ChildEnd>;

  /** @throws {MissingProgramError} */
  static async start(options: ChildOptions): Promise<Child> {
    const tether = options.tether ?? (await findTether());
    // Searched here, because setpriv and sh report a missing program like any failure of it.
    const file = findExecutable(options.file);
    if (!file) throw new MissingProgramError(options.file);
    return new Child(file, tether, options);
  }

  private constructor(file: string, tether: Tether, options: ChildOptions) {
    const {
      args,
      stdin,
      onOutput,
      onWords,
      memoryLimit = DEFAULT_MEMORY_LIMIT,
      killAfterMs = 3000,
      limitMs,
    } = options;
    const command = tetheredCommand({ tether, parent: process.pid, file, args, memoryLimit });
    this.#killAfterMs = killAfterMs;
    this.#child = spawn(command.file, command.args, {
      stdio: [
        stdin === undefined ? 'ignore' : 'pipe',
        onOutput ? 'pipe' : 'ignore',
        'pipe',
        command.pipe ? 'pipe' : 'ignore',
      ],
      env: childEnvironment(process.env),
      // A session of its own: Ctrl-C in a terminal reaches the server alone, which then ends its children in order.
      detached: true,
    });
    const { stdin: input, stdout, stderr } = this.#child;
    if (input && stdin !== undefined) {
      // A child that ends before it has read all is no fault of its own.
      pipeline(typeof stdin === 'string' ? Readable.from([stdin]) : stdin, input).catch(() =>
        input.destroy(),
      );
    }
    if (stdout) onOutput?.(stdout);
    stderr?.setEncoding('utf8').on('data', (text: string) => onWords?.(text));
    const guard = this.#child.stdio[3];
    if (guard instanceof Writable) guard.on('error', () => {});
    this.ended = ended(this.#child, () => {
      if (guard instanceof Writable) guard.end('\n');
    }).finally(() => {
      clearTimeout(this.#limitTimer);
      clearTimeout(this.#killTimer);
      if (stdin instanceof Readable) stdin.destroy();
    });
    if (limitMs !== undefined) this.#limitTimer = setTimeout(() => void this.stop(), limitMs);
  }

  /** Process id; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends it: SIGTERM, then SIGKILL. Idempotent. Resolves when it is gone. */
  stop(): Promise<ChildEnd> {
    if (!this.#killTimer) {
      this.#child.kill('SIGTERM');
      this.#killTimer = setTimeout(() => this.#child.kill('SIGKILL'), this.#killAfterMs);
    }
    return this.ended;
  }
}

/** How a child ended, in words, with the last line that it wrote. */
export function describeEnd(name: string, { code, signal, error }: ChildEnd, lastLine?: string): string {
  const how = error
    ? `could not be started: ${error.message}`
    : signal
      ? `was ended by ${signal}`
      : `ended with code ${code}`;
  return lastLine === undefined ? `${name} ${how}` : `${name} ${how}: ${lastLine}`;
}

/** Waits for the end of a child and of what it wrote. */
function ended(child: ChildProcess, onExit: () => void): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
    child.once('exit', onExit);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** The server's own settings, among them its operator's token, are none of a child's business. */
function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => !key.startsWith('SPILLWAY_'));
  // Each arena of glibc takes 64 MB of address space, which is limited here.
  return { ...Object.fromEntries(kept), AV_LOG_FORCE_NOCOLOR: '1', MALLOC_ARENA_MAX: '2' };
}
