import { EventEmitter } from 'node:events';
import type { WebSocket } from '@fastify/websocket';
import { CLOSE_FINAL, CLOSE_RECONNECT, type NotificationData } from '@spillway/protocol';
import { TokenBucket } from '../rate/token-bucket.ts';
import { type ProtooRequestMessage, parseEnvelope } from './envelope.ts';

export type WebSocketTransportEvents = {
  message: [ProtooRequestMessage];
  close: [];
};

/** Bytes that may wait for a slow client; one that reads slower is closed. */
const MAX_BUFFERED = 1024 * 1024;

/** How long a client may take to answer the closing handshake. Milliseconds. */
const CLOSE_TIMEOUT = 2000;

/**
 * protoo's transport over a WebSocket of @fastify/websocket. Only well-formed requests reach protoo; a client that
 * sends anything else, or too much, is closed with the reason.
 */
export class WebSocketTransport extends EventEmitter<WebSocketTransportEvents> {
  readonly #socket: WebSocket;
  #closed = false;
  #alive = true;

  constructor(socket: WebSocket, maxMessagesPerSecond: number) {
    super();
    this.#socket = socket;
    const bucket = new TokenBucket(maxMessagesPerSecond, performance.now());
    socket.on('message', (data, isBinary) => {
      if (this.#closed) return;
      this.#alive = true;
      if (!bucket.take(performance.now())) {
        this.closeWith('too-many', `more than ${maxMessagesPerSecond} messages a second`, false);
      } else if (isBinary) {
        this.closeWith('bad-request', 'binary frames are not taken; send JSON text', false);
      } else {
        this.#handleText(data.toString());
      }
    });
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('close', () => this.#handleGone());
    // Such as a frame above the size limit: ws closes the socket with the right code by itself.
    socket.on('error', () => this.#handleGone());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Pings the client. Called at intervals; a client that was silent since the last call is gone. */
  checkAlive(): void {
    if (this.#closed) return;
    if (!this.#alive) {
      this.#socket.terminate();
      this.#handleGone();
      return;
    }
    this.#alive = false;
    this.#socket.ping();
  }

  async send(message: object): Promise<void> {
    if (this.#closed) throw new Error('the connection is closed');
    if (this.#socket.bufferedAmount > MAX_BUFFERED) {
      this.#socket.terminate();
      this.#handleGone();
      throw new Error('the client reads too slowly');
    }
    this.#socket.send(JSON.stringify(message));
  }

  /**
   * Says why (notification `closing`), then closes.
   *
   * @param retryAfter when to connect again, where that is known. Seconds
   */
  closeWith(code: string, reason: string, reconnect: boolean, retryAfter?: number): void {
    if (this.#closed) return;
    const data: NotificationData<'closing'> = {
      code,
      reason,
      reconnect,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
    this.#socket.send(JSON.stringify({ notification: true, method: 'closing', data }));
    this.#socket.close(reconnect ? CLOSE_RECONNECT : CLOSE_FINAL, code);
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT).unref();
    this.#handleGone();
  }

  /** Idempotent. For protoo; {@link closeWith} tells the client why. */
  close(): void {
    this.closeWith('closed', 'the server closed the connection', true);
  }

  #handleText(text: string): void {
    const parsed = parseEnvelope(text);
    if (parsed.ok) this.emit('message', parsed.message);
    else this.closeWith('bad-request', parsed.error, false);
  }

  #handleGone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('close');
  }
}
