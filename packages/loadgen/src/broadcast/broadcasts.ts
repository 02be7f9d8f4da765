import { fileURLToPath } from 'node:url';
import { ChildProgram } from '../process/child-program.ts';
import {
  type BroadcastCommand,
  type BroadcastOptions,
  type BroadcastReport,
  checkReport,
} from './messages.ts';

const program = fileURLToPath(new URL('broadcast-process.ts', import.meta.url));

/** Made broadcasts, one in each of some rooms, published by WHIP from a process of their own. */
export class Broadcasts {
  readonly #child: ChildProgram<BroadcastCommand, BroadcastReport>;

  /**
   * Starts them; fulfilled when all are live.
   *
   * @throws when one of them is refused or does not connect; none is left then
   */
  static async start(options: BroadcastOptions): Promise<Broadcasts> {
    const broadcasts = new Broadcasts();
    try {
      await broadcasts.#child.ask({ type: 'start', options }, 'live');
    } catch (error) {
      broadcasts.kill();
      throw error;
    }
    return broadcasts;
  }

  private constructor() {
    this.#child = new ChildProgram(program, checkReport);
  }

  /**
   * Requests for key frames that all of them got so far.
   *
   * @throws when the process is gone
   */
  async keyFrameRequests(): Promise<number> {
    return (await this.#child.ask({ type: 'count' }, 'counted')).keyFrameRequests;
  }

  /**
   * Ends them.
   *
   * @returns how many had ended by themselves before
   */
  async stop(): Promise<number> {
    try {
      return (await this.#child.ask({ type: 'stop' }, 'stopped')).lost;
    } finally {
      this.kill();
    }
  }

  /** Ends the process at once. Idempotent. */
  kill(): void {
    this.#child.kill();
  }
}
