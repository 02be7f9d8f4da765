import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestServer } from './server.ts';

/** A connection on which anything can be sent, be it HTTP or not. */
export class RawHttp {
  readonly #socket: Socket;
  #received = '';
  #closed = false;

  static async open(server: TestServer): Promise<RawHttp> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawHttp(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.#received += text;
    });
    socket.on('close', () => {
      this.#closed = true;
    });
    // The close that follows tells all that is needed.
    socket.on('error', () => {});
  }

  /** Whether the connection is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Everything that the server has sent. */
  get received(): string {
    return this.#received;
  }

  /** Status of the first answer; undefined before it. */
  get status(): number | undefined {
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(this.#received) ?? [];
    return status === undefined ? undefined : Number(status);
  }

  /** Resolves when what was sent has left, or the connection is gone. */
  async send(data: string): Promise<void> {
    if (this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('close', resolve);
    this.#socket.write(data, 'latin1', (error) => {
      // The close follows.
      if (!error) resolve();
    });
    await promise;
    this.#socket.off('close', resolve);
  }

  /** Ends it without a word. Idempotent. */
  destroy(): void {
    this.#socket.destroy();
  }
}
