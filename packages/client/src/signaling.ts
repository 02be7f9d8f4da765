import type {
  Checked,
  NotificationData,
  NotificationMethod,
  RequestAnswer,
  RequestData,
  RequestMethod,
} from '@spillway/protocol';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import * as protoo from 'protoo-client';
import { reconnectDelay, toldDelay } from './backoff.ts';
import { answerChecks, notificationChecks } from './checks.ts';
import { serverUrl, signalingUrl } from './server-url.ts';
import { SignalingError } from './signaling-error.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Why the connection is over for good. */
export interface Closing {
  /** Stable: `closed` when this side closed it, else what the server said. */
  code: string;
  /** A sentence. */
  reason: string;
}

/** Events of a SignalingClient. Notifications of the server come under their own names. */
export type SignalingEvents = {
  /** A connection is open: for the first time, or again. */
  connected: [];
  /**
   * The connection is lost, or an attempt to connect failed; another follows by itself. `returnsAt`: when (milliseconds since
   * 1970), where the server has said so because many are joining.
   */
  disconnected: [returnsAt: number | undefined];
  /** The server sent a notification that the protocol does not allow; it is ignored. */
  invalid: [string];
  /** The last event: over for good. */
  closed: [Closing];
} & { [M in NotificationMethod]: [NotificationData<M>] };

export interface SignalingOptions {
  /** Base URL of the server, http(s) or ws(s). */
  server: string | URL;
  room: string;
}

/**
 * The signalling connection of a viewer or a broadcaster: typed requests and notifications, everything received checked
 * against the protocol. It connects again without end (0.5 s to 8 s apart, at once when the machine comes online, later when
 * the server says so) until `close()`, or until the server says that it makes no sense.
 */
export class SignalingClient extends EnhancedEventEmitter<SignalingEvents> {
  readonly server: URL;
  readonly room: string;
  readonly #url: string;
  readonly #pending = new Set<(error: SignalingError) => void>();
  #peer: protoo.Peer | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** When the server wants this client back, while it is away. Seconds from the server's word. */
  #retryAfter: number | undefined;
  #started = false;
  #closed = false;

  constructor(options: SignalingOptions) {
    super();
    this.server = serverUrl(options.server);
    this.room = options.room;
    this.#url = signalingUrl(this.server, options.room).href;
  }

  get connected(): boolean {
    return this.#peer?.connected ?? false;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Starts to connect. Listen to `connected` before. Further calls do nothing. */
  connect(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    globalThis.addEventListener?.('online', this.#reconnectNow);
    this.#attempt();
  }

  /**
   * Sends a request.
   *
   * @throws SignalingError
   */
  request<M extends RequestMethod>(method: M, data: RequestData<M>): Promise<RequestAnswer<M>> {
    const peer = this.#peer;
    if (!peer?.connected) {
      return Promise.reject(
        new SignalingError('disconnected', 0, `no connection to the server for ${method}`),
      );
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#pending.delete(fail);
      };
      const fail = (error: SignalingError) => {
        settle();
        reject(error);
      };
      const timer = setTimeout(() => {
        fail(
          new SignalingError(
            'timeout',
            0,
            `the server did not answer ${method} within ${REQUEST_TIMEOUT_MS / 1000} s`,
          ),
        );
        // A connection that swallows requests is dead even if the browser has not noticed.
        if (this.#peer === peer) this.#drop();
      }, REQUEST_TIMEOUT_MS);
      this.#pending.add(fail);
      peer.request(method, data).then(
        (answer: unknown) => {
          const checked = answerChecks[method](answer);
          if (!checked.ok) {
            fail(
              new SignalingError(
                'invalid-answer',
                0,
                `the answer to ${method} is not valid: ${checked.error}`,
              ),
            );
            return;
          }
          settle();
          resolve(checked.value);
        },
        (error: unknown) => fail(SignalingError.fromRejection(error)),
      );
    });
  }

  override close(): void {
    this.#finish({ code: 'closed', reason: 'closed by this client' });
  }

  #attempt(): void {
    const peer = new protoo.Peer(new protoo.WebSocketTransport(this.#url, { retry: { retries: 0 } }));
    this.#peer = peer;
    this.#retryAfter = undefined;
    this.#timer = setTimeout(() => this.#drop(), CONNECT_TIMEOUT_MS);
    peer.on('open', () => {
      clearTimeout(this.#timer);
      this.#failures = 0;
      this.safeEmit('connected');
    });
    peer.on('notification', ({ method, data }) => this.#notified(method, data));
    // protoo would connect again by itself, at once and a few times only.
    peer.on('failed', () => this.#drop());
    peer.on('disconnected', () => this.#drop());
    peer.on('close', () => {
      if (this.#peer !== peer) return;
      this.#finish({ code: 'final', reason: 'the server closed the connection' });
    });
  }

  /** Gives up the present connection, or attempt, and plans the next. */
  #drop(): void {
    const peer = this.#peer;
    if (!peer) return;
    this.#peer = undefined;
    peer.close();
    clearTimeout(this.#timer);
    const told = this.#retryAfter;
    const delay =
      told === undefined ? reconnectDelay(this.#failures, Math.random()) : toldDelay(told, Math.random());
    this.#timer = setTimeout(() => this.#attempt(), delay);
    this.#failures += 1;
    this.#rejectPending();
    this.safeEmit('disconnected', told === undefined ? undefined : Date.now() + delay);
  }

  readonly #reconnectNow = (): void => {
    if (this.#peer || this.#closed || this.#retryAfter !== undefined) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#attempt();
  };

  #notified(method: string, data: unknown): void {
    switch (method) {
      case 'playback': {
        const playback = this.#valid(method, notificationChecks.playback(data));
        if (playback) this.safeEmit('playback', playback);
        return;
      }
      case 'codecs': {
        const codecs = this.#valid(method, notificationChecks.codecs(data));
        if (codecs) this.safeEmit('codecs', codecs);
        return;
      }
      case 'queued': {
        const queued = this.#valid(method, notificationChecks.queued(data));
        if (queued) this.safeEmit('queued', queued);
        return;
      }
      case 'rejoin': {
        const rejoin = this.#valid(method, notificationChecks.rejoin(data));
        if (rejoin) this.safeEmit('rejoin', rejoin);
        return;
      }
      case 'closing': {
        const closing = this.#valid(method, notificationChecks.closing(data));
        if (!closing) return;
        this.safeEmit('closing', closing);
        if (closing.reconnect) this.#retryAfter = closing.retryAfter;
        else this.#finish({ code: closing.code, reason: closing.reason });
      }
    }
  }

  #valid<T>(method: string, checked: Checked<T>): T | undefined {
    if (checked.ok) return checked.value;
    this.safeEmit('invalid', `the server's notification ${method} is not valid: ${checked.error}`);
    return undefined;
  }

  #rejectPending(): void {
    for (const reject of [...this.#pending]) {
      reject(new SignalingError('disconnected', 0, 'the connection was lost before the server answered'));
    }
  }

  #finish(closing: Closing): void {
    if (this.#closed) return;
    this.#closed = true;
    globalThis.removeEventListener?.('online', this.#reconnectNow);
    clearTimeout(this.#timer);
    const peer = this.#peer;
    this.#peer = undefined;
    peer?.close();
    this.#rejectPending();
    this.safeEmit('closed', closing);
    super.close();
  }
}
