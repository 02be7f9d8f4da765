import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command, and everything it started, when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the command is ended. Default: none. */
  readonly timeout?: number;
  /** Called with each line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
}

/** Why a command did not succeed. `exit` is the only one in which it ended by itself after starting. */
export type CommandFailure = 'spawn' | 'exit' | 'killed' | 'timeout' | 'aborted';

/** A command that did not end with exit code 0. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly failure: CommandFailure;
  readonly exitCode: number | undefined;
  /** The last lines of output, oldest first. */
  readonly lastLines: readonly string[];

  constructor(message: string, failure: CommandFailure, lastLines: readonly string[], exitCode?: number) {
    super(message);
    this.failure = failure;
    this.exitCode = exitCode;
    this.lastLines = lastLines;
  }
}

const KEPT_LINES = 40;
const KILL_GRACE_MS = 2000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Map<ChildProcess, () => void>();

/** Each command leads a process group of its own, so that compilers and the like end with it. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }

  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function onExit(): void {
  for (const child of running.keys()) {
    endGroup(child, 'SIGKILL');
  }
}

function onSignal(signal: NodeJS.Signals): void {
  for (const abort of running.values()) {
    abort();
  }

  // A listener replaces the signal's default action; where it is the only one, that action is still due.
  if (process.listenerCount(signal) === 1) {
    unwatch();
    onExit();
    process.kill(process.pid, signal);
  }
}

/** Called before a command is started: a signal that comes just then would leave it behind. */
function watch(): void {
  if (running.size > 0) {
    return;
  }
  unwatch();
  process.on('exit', onExit);
  for (const signal of SIGNALS) {
    // First, while those that listen once still count.
    process.prependListener(signal, onSignal);
  }
}

function unwatch(): void {
  process.off('exit', onExit);
  for (const signal of SIGNALS) {
    process.off(signal, onSignal);
  }
}

/**
 * Runs a command to its end, in a process group of its own.
 *
 * @returns the last lines of its output.
 * @throws {CommandError} when it cannot be started, fails, takes too long or is aborted.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<readonly string[]> {
  const { cwd, env, signal, timeout, onLine } = options;
  const lastLines: string[] = [];

  if (signal?.aborted) {
    throw new CommandError(`${command} was not started: interrupted`, 'aborted', lastLines);
  }

  watch();
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let ended: 'timeout' | 'aborted' | undefined;
  let killTimer: NodeJS.Timeout | undefined;

  const end = (why: 'timeout' | 'aborted') => {
    ended ??= why;
    endGroup(child, 'SIGTERM');
    killTimer ??= setTimeout(() => endGroup(child, 'SIGKILL'), KILL_GRACE_MS);
  };
  const onAbort = () => end('aborted');
  const timer = timeout === undefined ? undefined : setTimeout(() => end('timeout'), timeout);

  signal?.addEventListener('abort', onAbort, { once: true });
  running.set(child, onAbort);

  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) {
        lastLines.shift();
      }
      onLine?.(line);
    });
  }

  try {
    const { code, by } = await new Promise<{ code: number | null; by: NodeJS.Signals | null }>(
      (resolve, reject) => {
        child.once('error', (error) =>
          reject(new CommandError(`cannot start ${command}: ${error.message}`, 'spawn', lastLines)),
        );
        // What it left behind would keep the pipes open, and with them 'close' away.
        child.once('exit', () => endGroup(child, 'SIGKILL'));
        child.once('close', (code, by) => resolve({ code, by }));
      },
    );

    if (ended === 'timeout') {
      throw new CommandError(`${command} did not end within ${timeout} ms`, 'timeout', lastLines);
    }
    if (ended === 'aborted') {
      throw new CommandError(`${command} was interrupted`, 'aborted', lastLines);
    }
    if (by !== null) {
      throw new CommandError(`${command} was ended by ${by}`, 'killed', lastLines);
    }
    if (code !== 0) {
      throw new CommandError(`${command} ended with exit code ${code}`, 'exit', lastLines, code ?? undefined);
    }

    return lastLines;
  } finally {
    clearTimeout(timer);
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', onAbort);
    running.delete(child);
    if (running.size === 0) {
      unwatch();
    }
  }
}
