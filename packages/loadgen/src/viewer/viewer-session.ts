import type { MediaReception } from './media-peer.ts';

/**
 * Steps of a join: `connected` the signalling connection is open, `watched` and `joined` the requests `watch` and `play` are
 * answered (WHEP: `joined` is the answer to the POST), `transport` ICE and DTLS are through.
 */
export type JoinStep = 'connected' | 'watched' | 'joined' | 'transport';

/** What a session tells its viewer. */
export interface SessionEvents {
  /** A step is done; some are done again when the server asks for it. */
  reached(step: JoinStep): void;
  /** It is over by itself: refused, or the connection or the transport is gone. */
  ended(reason: string): void;
}

/** A way into a room, used once. */
export interface ViewerSession {
  /**
   * Joins; fulfilled when the server has answered.
   *
   * @throws when the server cannot be reached or refuses
   */
  join(): Promise<void>;
  /** Leaves. Idempotent; what the server is told, it is told by the time the promise is fulfilled. */
  close(): Promise<void>;
}

export interface SessionParts {
  readonly reception: MediaReception;
  readonly events: SessionEvents;
}

/** Makes the session of one viewer. */
export type Entry = (parts: SessionParts) => ViewerSession;

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
