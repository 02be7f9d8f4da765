import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IceSession } from './ice-session.ts';

export type SessionEvents = {
  /** It is gone. */
  closed: [reason: string];
};

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
