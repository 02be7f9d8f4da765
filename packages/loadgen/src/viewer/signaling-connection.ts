import { EventEmitter } from 'node:events';
import {
  type Checked,
  compileCheck,
  type NotificationData,
  notifications,
  type RequestAnswer,
  type RequestData,
  requests,
} from '@spillway/protocol';
import WebSocket from 'ws';

/** Time for a connection and for an answer. Milliseconds. */
const TIME_LIMIT = 15_000;

export type SignalingEvents = {
  /** What to play has changed. */
  playback: [NotificationData<'playback'>];
  /** The transport is gone; `watch` again. */
  rejoin: [];
  /** The connection is gone. */
  closed: [reason: string];
};

type Method = 'watch' | 'play';

const answerChecks: { [M in Method]: (value: unknown) => Checked<RequestAnswer<M>> } = {
  watch: compileCheck(requests.watch.answer),
  play: compileCheck(requests.play.answer),
};
const checkPlayback = compileCheck(notifications.playback);
const checkClosing = compileCheck(notifications.closing);

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** A frame of protoo; what else it holds depends on its kind. */
type Frame = Record<string, unknown>;

function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null;
}

/** A viewer's signalling connection: protoo's frames over a WebSocket. It does not connect again. */
export class SignalingConnection extends EventEmitter<SignalingEvents> {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #reason = 'the connection was lost';
  #closed = false;

  /** @param server base URL of the server, http or https */
  constructor(server: string | URL, room: string) {
    super();
    const url = new URL(`/signaling?room=${encodeURIComponent(room)}`, server);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#socket = new WebSocket(url, 'protoo', { handshakeTimeout: TIME_LIMIT, perMessageDeflate: false });
    this.#socket.on('message', (data) => this.#handleText(data.toString()));
    this.#socket.on('error', (error) => {
      this.#reason = error.message;
    });
    this.#socket.on('close', () => this.#handleClose());
  }

  /** @throws when the server cannot be reached */
  async opened(): Promise<void> {
    if (this.#closed) throw new Error(this.#reason);
    if (this.#socket.readyState === WebSocket.OPEN) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.once('open', resolve);
    this.once('closed', (reason) => reject(new Error(reason)));
    return promise;
  }

  /** @throws when the server refuses, does not answer or answers something else */
  async request<M extends Method>(method: M, data: RequestData<M>): Promise<RequestAnswer<M>> {
    if (this.#closed) throw new Error(`${method}: ${this.#reason}`);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.#pending.delete(id);
      reject(new Error(`${method}: no answer within ${TIME_LIMIT / 1000} s`));
    }, TIME_LIMIT);
    this.#pending.set(id, { resolve, reject, timer });
    this.#socket.send(JSON.stringify({ request: true, id, method, data }));
    const checked = answerChecks[method](await promise);
    if (!checked.ok) throw new Error(`${method}: the answer is not valid: ${checked.error}`);
    return checked.value;
  }

  /**
   * Idempotent.
   *
   * @param reason what requests are told that still wait for an answer
   */
  close(reason = 'closed by this client'): void {
    this.#reason = reason;
    this.#socket.close();
    this.#handleClose();
  }

  #handleText(text: string): void {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch {
      this.#reason = 'the server sent what is not JSON';
      this.#socket.close();
    }
    if (!isFrame(frame)) return;
    if (frame.response === true && typeof frame.id === 'number') this.#handleResponse(frame.id, frame);
    else if (frame.notification === true) this.#handleNotification(frame.method, frame.data);
  }

  #handleResponse(id: number, frame: Frame): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (frame.ok === true) pending.resolve(frame.data);
    else pending.reject(new Error(String(frame.errorReason ?? 'the server refused')));
  }

  #handleNotification(method: unknown, data: unknown): void {
    if (method === 'playback') {
      const playback = checkPlayback(data);
      if (playback.ok) this.emit('playback', playback.value);
    } else if (method === 'rejoin') {
      this.emit('rejoin');
    } else if (method === 'closing') {
      const closing = checkClosing(data);
      if (closing.ok) this.#reason = closing.value.reason;
    }
  }

  #handleClose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new Error(this.#reason));
    }
    this.#pending.clear();
    this.emit('closed', this.#reason);
  }
}
