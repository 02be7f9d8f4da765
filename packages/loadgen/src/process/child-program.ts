import { type ChildProcess, fork } from 'node:child_process';
import type { Checked } from '@spillway/protocol';

/** A message: its type says which. */
export interface Message {
  readonly type: string;
}

/** Someone who waits for the next report. */
interface Waiting<Report> {
  resolve(report: Report): void;
  reject(error: Error): void;
}

/** What a report says that stands for the end of all: the program cannot do what it was told. */
interface Failure extends Message {
  readonly type: 'failed';
  readonly reason: string;
}

/** The parent's end of a child process that takes commands and answers each with one report, in their order. */
export class ChildProgram<Command extends Message, Report extends Message> {
  readonly #child: ChildProcess;
  readonly #check: (message: unknown) => Checked<Report | Failure>;
  readonly #waiting: Waiting<Report>[] = [];
  #failure: Error | undefined;

  /**
   * Starts it.
   *
   * @param program path of its module
   * @param check of what it says
   * @param launcher command line in front of Node's, of a command that becomes Node, such as `ip netns exec NAME`
   */
  constructor(
    program: string,
    check: (message: unknown) => Checked<Report | Failure>,
    launcher: readonly string[] = [],
  ) {
    this.#check = check;
    const [execPath, ...execArgv] = [...launcher, process.execPath];
    // Nothing of what this process was started with: what ends it does not end its children.
    this.#child = fork(program, { execPath, execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => this.#handle(message));
    this.#child.once('error', (error) => this.#fail(error));
    this.#child.once('exit', (code, signal) =>
      this.#fail(new Error(`a process of the load tool ended (${signal ?? code})`)),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a command that is not answered. */
  send(command: Command): void {
    if (this.#child.connected) this.#child.send(command);
  }

  /**
   * Sends a command and waits for the report that answers it.
   *
   * @throws when the process has failed or ended
   */
  async ask<T extends Report['type']>(command: Command, type: T): Promise<Extract<Report, { type: T }>> {
    if (this.#failure) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<Report>();
    this.#waiting.push({ resolve, reject });
    this.send(command);
    const report = await promise;
    if (!isOf(report, type)) throw new Error(`a process of the load tool answered ${report.type}`);
    return report;
  }

  /** Ends the process at once. Idempotent. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #handle(message: unknown): void {
    const report = this.#check(message);
    if (!report.ok)
      this.#fail(new Error(`a process of the load tool said what is not valid: ${report.error}`));
    else if (isFailure(report.value)) this.#fail(new Error(report.value.reason));
    else this.#waiting.shift()?.resolve(report.value);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function isFailure(report: Message): report is Failure {
  return report.type === 'failed';
}

function isOf<Report extends Message, T extends Report['type']>(
  report: Report,
  type: T,
): report is Extract<Report, { type: T }> {
  return report.type === type;
}
