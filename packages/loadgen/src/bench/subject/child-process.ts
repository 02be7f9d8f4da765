import { type ChildProcess, fork } from 'node:child_process';

/** Time for a child to be ready, and to end once it was asked to. Milliseconds. */
const START_LIMIT = 60_000;
const END_LIMIT = 10_000;

/** What a child needs to start. */
export interface ChildOptions {
  /** Path of its module. */
  readonly module: string;
  readonly args?: readonly string[];
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A child of the benchmark that says once by IPC that it is ready, and ends when the channel closes. */
export class BenchChild {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  /** @throws when it ends, or says nothing, before it is ready */
  static async start(options: ChildOptions): Promise<{ child: BenchChild; ready: unknown }> {
    const child = new BenchChild(options);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    child.#process.once('message', resolve);
    const timer = setTimeout(() => reject(new Error(`${options.module} does not start`)), START_LIMIT);
    void child.#ended.then(() => reject(new Error(`${options.module} has ended at its start`)));
    try {
      return { child, ready: await promise };
    } catch (error) {
      await child.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor({ module, args = [], env = {} }: ChildOptions) {
    this.#process = fork(module, args, { env: { ...process.env, ...env } });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#process.once('exit', () => resolve());
    this.#process.once('error', () => resolve());
    this.#ended = promise;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Ends it, by force where it does not go. Idempotent. */
  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_LIMIT);
    await this.#ended;
    clearTimeout(timer);
  }
}
