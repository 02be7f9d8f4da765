import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { SpillwayError } from '@spillway/protocol';
import { TokenBucket } from '../rate/token-bucket.ts';
import type { IceSession } from './ice-session.ts';

export type SessionEvents = {
  /** It is gone. */
  closed: [reason: string];
};

/** Changes of one session a second. A client has a few candidates to send, and seldom a network to leave. */
const REQUESTS_PER_SECOND = 10;

/** What a session stands for: a broadcaster or a viewer. */
export interface SessionMedia {
  /** Whether media has found its way once. */
  isConnected(): boolean;
  /** The client is done with it: what it was for is over at once. */
  end(reason: string): void;
  /** Gives up what the session has. Idempotent. */
  close(reason: string): void;
}

/** What a session URL of WHIP or WHEP names: one client's media, made by an offer and ended by DELETE. */
export class Session extends EventEmitter<SessionEvents> {
  /** Who knows it may change and end the session: 144 random bits. */
  readonly id = randomBytes(18).toString('base64url');
  readonly room: string;
  readonly ice: IceSession;
  /** When it was made, by `performance.now()`. */
  readonly since = performance.now();
  readonly #media: SessionMedia;
  readonly #requests = new TokenBucket(REQUESTS_PER_SECOND, performance.now());
  #closed = false;

  /** @param room name of the room */
  constructor(room: string, ice: IceSession, media: SessionMedia) {
    super();
    this.room = room;
    this.ice = ice;
    this.#media = media;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connected(): boolean {
    return this.#media.isConnected();
  }

  /**
   * Counts a request that changes the session.
   *
   * @param now by `performance.now()`
   * @throws {SpillwayError} `too-many`
   */
  countRequest(now: number): void {
    if (this.#requests.take(now)) return;
    const reason = `more than ${REQUESTS_PER_SECOND} changes of a session a second; try again later`;
    throw new SpillwayError('too-many', reason, { retryAfter: 1 });
  }

  /** The client has ended it (DELETE). */
  end(reason: string): void {
    if (this.#closed) return;
    this.#media.end(reason);
    this.close(reason);
  }

  /** Idempotent. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#media.close(reason);
    this.emit('closed', reason);
  }
}
