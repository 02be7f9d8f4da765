import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type CrowdOptions, checkReport, type FleetCommand, type FleetReport } from './messages.ts';

const program = fileURLToPath(new URL('fleet-process.ts', import.meta.url));

/** Someone who waits for the next report. */
interface Waiting {
  resolve(report: FleetReport): void;
  reject(error: Error): void;
}

/** The parent's end of one process of a fleet. */
export class Member {
  readonly #child: ChildProcess;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  /**
   * Starts the process.
   *
   * @throws when it cannot reach the server
   */
  static async start(options: CrowdOptions): Promise<Member> {
    const member = new Member();
    try {
      await member.ask({ type: 'configure', options }, 'ready');
    } catch (error) {
      member.kill();
      throw error;
    }
    return member;
  }

  private constructor() {
    // Nothing of what this process was started with: what ends it does not end its children.
    this.#child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => this.#handle(message));
    this.#child.once('error', (error) => this.#fail(error));
    this.#child.once('exit', (code, signal) =>
      this.#fail(new Error(`a process of the fleet ended (${signal ?? code})`)),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(command: FleetCommand): void {
    if (this.#child.connected) this.#child.send(command);
  }

  /**
   * Sends a command and waits for the report that answers it.
   *
   * @throws when the process has failed or ended
   */
  async ask<T extends FleetReport['type']>(
    command: FleetCommand,
    type: T,
  ): Promise<Extract<FleetReport, { type: T }>> {
    if (this.#failure) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<FleetReport>();
    this.#waiting.push({ resolve, reject });
    this.send(command);
    const report = await promise;
    if (!isOf(report, type)) throw new Error(`a process of the fleet answered ${report.type}`);
    return report;
  }

  /** Ends the process at once. Idempotent. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #handle(message: unknown): void {
    const report = checkReport(message);
    if (!report.ok) this.#fail(new Error(`a process of the fleet said what is not valid: ${report.error}`));
    else if (report.value.type === 'failed') this.#fail(new Error(report.value.reason));
    else this.#waiting.shift()?.resolve(report.value);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function isOf<T extends FleetReport['type']>(
  report: FleetReport,
  type: T,
): report is Extract<FleetReport, { type: T }> {
  return report.type === type;
}
