import type { Socket } from 'node:net';
import { PublishSession, type Verdict } from './publish-session.ts';
import { RtmpError } from './rtmp-error.ts';
import type { RtmpLimits } from './rtmp-limits.ts';

/** Bytes of answers that a peer may leave unread. */
const MAX_UNSENT = 256 * 2 ** 10;

export interface RtmpConnectionOptions {
  readonly socket: Socket;
  readonly limits: RtmpLimits;
  /** Asked once, with the stream key that the encoder gives. */
  readonly decide: (key: string) => Verdict;
  /** Told once that it is gone, and why in words, without the key. */
  readonly onGone: (reason: string) => void;
}

/** The TCP connection of one encoder. */
export class RtmpConnection {
  /** Address of the encoder. */
  readonly address: string;
  readonly #socket: Socket;
  readonly #limits: RtmpLimits;
  readonly #session: PublishSession;
  readonly #onGone: (reason: string) => void;
  #timer: NodeJS.Timeout;
  #lastDataAt = performance.now();
  #reason = 'the encoder has disconnected';
  #gone = false;

  constructor({ socket, limits, decide, onGone }: RtmpConnectionOptions) {
    this.address = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#limits = limits;
    this.#onGone = onGone;
    this.#session = new PublishSession({
      send: (bytes) => this.#send(bytes),
      decide: (key) => this.#handlePublish(decide(key)),
      onOver: (reason, refused) => (refused ? this.#refuse(reason) : this.close(reason)),
    });
    this.#timer = setTimeout(
      () => this.close(`it did not publish within ${limits.publishMs / 1000} s`),
      limits.publishMs,
    );
    socket.setNoDelay(true);
    socket.setTimeout(limits.silentMs, () => this.close(`no data for ${limits.silentMs / 1000} s`));
    socket.on('data', (bytes: Buffer) => this.#handleData(bytes));
    socket.on('error', () => {});
    socket.once('close', () => this.close(this.#reason));
  }

  /** Milliseconds since the last data. */
  get silentMs(): number {
    return performance.now() - this.#lastDataAt;
  }

  /** Ends it at once. Idempotent. */
  close(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    this.#onGone(reason);
  }

  #handleData(bytes: Buffer): void {
    this.#lastDataAt = performance.now();
    try {
      this.#session.push(bytes);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.close(error.message);
    }
  }

  #handlePublish(verdict: Verdict): Verdict {
    if (verdict.accepted) clearTimeout(this.#timer);
    return verdict;
  }

  /** Ends it when the encoder has read what was sent. Data that still comes is thrown away: a reset could overtake the answer. */
  #refuse(reason: string): void {
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(reason), this.#limits.lingerMs);
    this.#socket.end();
  }

  #send(bytes: Buffer): void {
    if (this.#gone || this.#socket.writableEnded) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_UNSENT) this.close('it does not read what it asks for');
  }
}
