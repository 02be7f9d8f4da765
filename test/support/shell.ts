import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** A command line that runs in a shell, as a user would paste it. Ended with the test at the latest. */
export class ShellCommand {
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #output = '';

  constructor(command: string) {
    // A group of its own, so that the shell's children can be ended with it.
    this.#process = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const collect = (data: Buffer) => {
      this.#output = (this.#output + data).slice(-5000);
    };
    this.#process.stdout?.on('data', collect);
    this.#process.stderr?.on('data', collect);
    this.#exited = new Promise((resolve) => this.#process.once('close', () => resolve()));
    onTestFinished(() => this.stop());
  }

  /** The last that it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when it has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** Ends it and all its children. Idempotent. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
    await this.#exited;
  }
}
