import { type ChildProcess, spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { type BackoffLimits, backoffDelay, DEFAULT_BACKOFF } from './backoff.ts';
import { CondensedLog } from './condensed-log.ts';
import { findExecutable } from './find-executable.ts';
import { LineTail } from './line-tail.ts';
import type { Logger } from './logger.ts';
import { findTether, type Tether, tetheredCommand } from './tether.ts';

/** A run that lasts this long counts as healthy: the next pause is the shortest again. */
const HEALTHY_MS = 10_000;

/** The end of one run. */
export interface ProcessExit {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** In words, with the last line that it wrote. */
  readonly reason: string;
  /** Milliseconds until it is started again. */
  readonly retryInMs: number;
}

export interface SupervisedProcessOptions {
  /** For log lines and reasons, such as `FFmpeg`. */
  readonly name: string;
  /** Program to run, searched on `PATH` unless it has a slash. */
  readonly file: string;
  /** Its arguments, asked before each run. Gets the last lines of the runs before. */
  readonly args: (lastWords: readonly string[]) => readonly string[];
  readonly logger: Logger;
  readonly onStart?: (pid: number) => void;
  /** A run has ended and another follows. Not called after `stop()`. */
  readonly onExit?: (exit: ProcessExit) => void;
  /** There is no such program; nothing is tried again until `start()`. */
  readonly onMissing?: () => void;
  readonly backoff?: BackoffLimits;
  /** Milliseconds between SIGTERM and SIGKILL. Default 3000. */
  readonly killAfterMs?: number;
  /** How the child is made to end with this process. Default: the best of this machine. */
  readonly tether?: Tether;
}

/**
 * Runs a program, without a shell around it, and starts it again whenever it ends, with growing pauses (0.5 to 30 s).
 * The child ends with this process, however that ends.
 */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  readonly #tail: LineTail;
  readonly #log: CondensedLog;
  #wanted = false;
  #child: ChildProcess | undefined;
  /** Resolves when the loop of runs has ended. */
  #ended: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  #killTimer: NodeJS.Timeout | undefined;
  /** Why the present run is being ended by us. */
  #endReason: string | undefined;

  constructor(options: SupervisedProcessOptions) {
    const { name, logger } = options;
    this.#options = options;
    this.#log = new CondensedLog((line, leftOut) =>
      logger.warn(leftOut > 0 ? { process: name, leftOut } : { process: name }, line),
    );
    this.#tail = new LineTail((line) => this.#log.add(line));
  }

  /** Last lines that it wrote to standard error, oldest first, at most 50, over all runs. */
  get lastWords(): readonly string[] {
    return this.#tail.lines;
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Idempotent. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#ended = this.#ended.then(() => this.#loop());
  }

  /** Ends the present run, if there is one; another follows after a pause. */
  restart(reason: string): void {
    if (!this.#child || this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#terminate(this.#child);
  }

  /** Ends it for good: SIGTERM, then SIGKILL. Idempotent. Resolves when the process is gone. */
  stop(): Promise<void> {
    this.#wanted = false;
    this.#wake();
    if (this.#child) this.#terminate(this.#child);
    return this.#ended;
  }

  async #loop(): Promise<void> {
    const { name, logger, backoff = DEFAULT_BACKOFF } = this.#options;
    let attempt = 0;
    while (this.#wanted) {
      const startedAt = performance.now();
      const end = await this.#run();
      if (!this.#wanted) return;
      if (end === 'missing') {
        this.#wanted = false;
        this.#options.onMissing?.();
        return;
      }
      if (performance.now() - startedAt >= HEALTHY_MS) attempt = 0;
      const retryInMs = backoffDelay(attempt, Math.random(), backoff);
      attempt += 1;
      const exit = { ...end, retryInMs };
      logger.debug({ process: name, code: exit.code, signal: exit.signal, retryInMs }, exit.reason);
      this.#options.onExit?.(exit);
      await this.#pause(retryInMs);
    }
  }

  async #run(): Promise<Omit<ProcessExit, 'retryInMs'> | 'missing'> {
    const tether = this.#options.tether ?? (await findTether());
    const { name, args, logger } = this.#options;
    // Searched here, because setpriv and sh report a missing program like any failure of it.
    const file = findExecutable(this.#options.file);
    if (!file) return 'missing';
    if (!this.#wanted) return { code: null, signal: null, reason: '' };

    const command = tetheredCommand({ tether, parent: process.pid, file, args: args(this.lastWords), memoryLimit: 4 * 2 ** 30 });
    const child = spawn(command.file, command.args, {
      stdio: ['ignore', 'ignore', 'pipe', command.pipe ? 'pipe' : 'ignore'],
      env: childEnvironment(process.env),
      // A session of its own: Ctrl-C in a terminal reaches the server alone, which then ends its children in order.
      detached: true,
    });
    this.#child = child;
    let wrote = false;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      wrote = true;
      this.#tail.push(text);
    });
    const guard = child.stdio[3];
    if (guard instanceof Writable) guard.on('error', () => {});
    if (child.pid !== undefined) {
      logger.debug({ process: name, pid: child.pid }, `${name} started`);
      this.#options.onStart?.(child.pid);
    }

    const end = await ended(child, () => {
      if (guard instanceof Writable) guard.end('\n');
    });
    clearTimeout(this.#killTimer);
    this.#killTimer = undefined;
    this.#child = undefined;
    this.#tail.end();
    this.#log.flush();
    const last = wrote ? this.lastWords.at(-1) : undefined;
    const reason = this.#endReason ?? exitReason(name, end, last);
    this.#endReason = undefined;
    return { code: end.code, signal: end.signal, reason };
  }

  #terminate(child: ChildProcess): void {
    if (this.#killTimer) return;
    child.kill('SIGTERM');
    this.#killTimer = setTimeout(() => child.kill('SIGKILL'), this.#options.killAfterMs ?? 3000);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Waits for the end of a child and of what it wrote. */
function ended(child: ChildProcess, onExit: () => void): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
    child.once('exit', onExit);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** What a run's end looks like to a reader. */
function exitReason(name: string, { code, signal, error }: End, lastLine: string | undefined): string {
  const how = error
    ? `could not be started: ${error.message}`
    : signal
      ? `was ended by ${signal}`
      : `ended with code ${code}`;
  return lastLine === undefined ? `${name} ${how}` : `${name} ${how}: ${lastLine}`;
}

/** The server's own settings, among them its operator's token, are none of a child's business. */
function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => !key.startsWith('SPILLWAY_'));
  return { ...Object.fromEntries(kept), AV_LOG_FORCE_NOCOLOR: '1' };
}
