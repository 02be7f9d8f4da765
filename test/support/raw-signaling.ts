import { EventEmitter } from 'node:events';
import { compileCheck, type NotificationData, notifications } from '@spillway/protocol';
import WebSocket from 'ws';
import { waitFor } from './wait-for.ts';

/** Milliseconds. */
const ANSWER_LIMIT = 15_000;

const checkClosing = compileCheck(notifications.closing);

/** How a connection ended. */
export interface RawEnd {
  /** WebSocket close code. */
  readonly code: number;
  /** The notification `closing` that came before. */
  readonly closing: NotificationData<'closing'> | undefined;
}

export interface RawOptions {
  /** Answers pings. Default true. */
  readonly pong?: boolean;
}

/** A response of protoo. */
export interface RawResponse {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly errorCode?: number;
  readonly errorReason?: string;
}

export type RawEvents = {
  response: [response: RawResponse, id: number];
  notification: [method: string, data: unknown];
  /** The last event. */
  end: [RawEnd];
};

/** A signalling connection that sends whatever it is told to. */
export class RawSignaling extends EventEmitter<RawEvents> {
  readonly #socket: WebSocket;
  readonly #responses = new Map<number, RawResponse>();
  #closing: NotificationData<'closing'> | undefined;
  #end: RawEnd | undefined;
  #nextId = 1;

  /** @throws when the server refuses the connection */
  static async open(url: string, { pong = true }: RawOptions = {}): Promise<RawSignaling> {
    const socket = new WebSocket(url, 'protoo', { autoPong: pong, handshakeTimeout: 10_000 });
    const raw = new RawSignaling(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('open', resolve);
    socket.once('error', reject);
    await promise;
    return raw;
  }

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    // The close that follows tells all that is needed.
    socket.on('error', () => {});
    socket.on('message', (data) => this.#handle(JSON.parse(data.toString())));
    socket.on('close', (code) => {
      this.#end = { code, closing: this.#closing };
      this.emit('end', this.#end);
    });
  }

  get end(): RawEnd | undefined {
    return this.#end;
  }

  /** Sends a frame: text for a string, else binary. */
  send(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  /** Sends a request without waiting; the id by which its response is found. */
  post(method: string, data: unknown): number {
    const id = this.#nextId++;
    this.send(JSON.stringify({ request: true, id, method, data }));
    return id;
  }

  /** The response to a request, or the end of the connection when that comes first. */
  async outcome(id: number): Promise<RawResponse | RawEnd> {
    const present = this.#responses.get(id) ?? this.#end;
    if (present) return present;
    const { promise, resolve, reject } = Promise.withResolvers<RawResponse | RawEnd>();
    const late = () => reject(new Error(`no answer to request ${id} within ${ANSWER_LIMIT} ms`));
    const timer = setTimeout(late, ANSWER_LIMIT);
    const take = (response: RawResponse, answered: number) => {
      if (answered === id) resolve(response);
    };
    this.on('response', take);
    this.once('end', resolve);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.off('response', take);
      this.off('end', resolve);
    }
  }

  /** Sends a request and waits for its response. */
  async request(method: string, data: unknown): Promise<RawResponse> {
    const outcome = await this.outcome(this.post(method, data));
    if (!('ok' in outcome)) throw new Error(`${method}: the connection ended: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  /** Waits until the server has closed the connection. */
  ended(limit?: number): Promise<RawEnd> {
    return waitFor('the server to close the connection', () => this.#end, limit);
  }

  close(): void {
    this.#socket.terminate();
  }

  #handle(frame: Record<string, unknown>): void {
    if (frame.response === true) {
      const { ok, data, errorCode, errorReason } = frame;
      const response = {
        ok: ok === true,
        data,
        ...(errorCode === undefined ? {} : { errorCode: Number(errorCode) }),
        ...(errorReason === undefined ? {} : { errorReason: String(errorReason) }),
      };
      this.#responses.set(Number(frame.id), response);
      this.emit('response', response, Number(frame.id));
    } else if (frame.notification === true) {
      const closing = frame.method === 'closing' ? checkClosing(frame.data) : undefined;
      if (closing?.ok) this.#closing = closing.value;
      this.emit('notification', String(frame.method), frame.data);
    }
  }
}
