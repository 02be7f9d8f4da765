import { SpillwayError } from '@spillway/protocol';
import type { Session } from './session.ts';

/** How often sessions that have not connected are looked at. Milliseconds. */
const SWEEP_INTERVAL = 1000;

/** The sessions of one kind, by their ids. Those that do not connect in time end. */
export class SessionRegistry<S extends Session> {
  readonly #connectMs: number;
  readonly #sessions = new Map<string, S>();
  readonly #connecting = new Set<S>();
  #timer: NodeJS.Timeout | undefined;

  /** @param connectMs how long a session may take to connect. Milliseconds */
  constructor(connectMs: number) {
    this.#connectMs = connectMs;
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(session: S): void {
    this.#sessions.set(session.id, session);
    this.#connecting.add(session);
    // One timer for all, and none while all are connected.
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_INTERVAL);
    session.once('closed', () => {
      this.#sessions.delete(session.id);
      this.#connecting.delete(session);
    });
  }

  /** @throws {SpillwayError} `not-found` */
  get(room: string, id: string): S {
    const session = this.#sessions.get(id);
    if (session?.room !== room) {
      throw new SpillwayError('not-found', 'there is no such session, or it has ended; offer again');
    }
    return session;
  }

  /** Ends all. */
  close(reason: string): void {
    for (const session of [...this.#sessions.values()]) session.close(reason);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    const latest = performance.now() - this.#connectMs;
    for (const session of [...this.#connecting]) {
      if (session.connected) this.#connecting.delete(session);
      else if (session.since < latest) session.close('the client did not connect in time');
    }
    if (this.#connecting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
