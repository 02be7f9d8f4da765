import { onTestFinished } from 'vitest';
import { programsOf } from './process-facts.ts';
import type { TestServer } from './server.ts';

/** Watches how much memory the programs of a server take, until the end of the test. Megabytes. */
export class MemoryWatch {
  readonly #server: TestServer;
  readonly #timer: NodeJS.Timeout;
  #serverMost = 0;
  #programMost = 0;

  static start(server: TestServer): MemoryWatch {
    return new MemoryWatch(server);
  }

  private constructor(server: TestServer) {
    this.#server = server;
    this.#timer = setInterval(() => this.#look(), 100);
    onTestFinished(() => clearInterval(this.#timer));
    this.#look();
  }

  /** The most that the server itself took. */
  get server(): number {
    return this.#serverMost;
  }

  /** The most that one FFmpeg or ffprobe took. */
  get program(): number {
    return this.#programMost;
  }

  #look(): void {
    for (const { pid, name, megabytes } of programsOf(this.#server)) {
      if (pid === this.#server.pid) this.#serverMost = Math.max(this.#serverMost, megabytes);
      else if (name.startsWith('ff')) this.#programMost = Math.max(this.#programMost, megabytes);
    }
  }
}
