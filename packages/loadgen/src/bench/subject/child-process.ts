import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';

/** Time for a child to be ready, and to end once it was asked to. Milliseconds. */
const START_LIMIT = 60_000;
const END_LIMIT = 15_000;
/** Time for an answer. Milliseconds. */
const ANSWER_LIMIT = 20_000;

/** What a child needs to start. */
export interface ChildOptions {
  /** Path of its module. */
  readonly module: string;
  readonly args?: readonly string[];
  /** Arguments of its Node. */
  readonly nodeArgs?: readonly string[];
  /** Its environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** File descriptor that takes what it writes. Default: this process's standard error. */
  readonly output?: number;
}

/** A child of the benchmark with an IPC channel. It ends when the channel closes, so it never outlives this process. */
export class BenchChild {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor({ module, args = [], nodeArgs = [], env = process.env, cwd, output = 2 }: ChildOptions) {
    this.#name = module;
    const stdio: StdioOptions = ['ignore', output, output, 'ipc'];
    // A group of its own: a Ctrl-C of the terminal is for the benchmark, which ends its children in order.
    this.#process = fork(module, args, { execArgv: [...nodeArgs], env, cwd, stdio, detached: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#process.once('exit', () => resolve());
    this.#process.once('error', () => resolve());
    this.#ended = promise;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /**
   * What a child says first of all, by IPC.
   *
   * @throws when it ends, or says nothing, before it is ready; it is gone then
   */
  async ready(): Promise<unknown> {
    try {
      return await this.#message(START_LIMIT);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @throws when it ends or does not answer */
  ask(question: string): Promise<unknown> {
    const answer = this.#message(ANSWER_LIMIT);
    this.#process.send(question);
    return answer;
  }

  /** Ends it, by force where it does not go. Idempotent. */
  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_LIMIT);
    await this.#ended;
    clearTimeout(timer);
  }

  async #message(limit: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => reject(new Error(`${this.#name} does not answer`)), limit);
    this.#process.once('message', resolve);
    void this.#ended.then(() => reject(new Error(`${this.#name} has ended`)));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#process.off('message', resolve);
    }
  }
}
