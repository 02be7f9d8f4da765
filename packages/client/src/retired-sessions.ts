/** A session whose last picture may still be shown. */
interface Retired {
  /** True when none of its media is in use. */
  readonly idle: boolean;
  close(): void;
}

/** Sessions that are over, each kept until another picture has taken the place of its last one. */
export class RetiredSessions {
  readonly #sessions = new Set<Retired>();

  add(session: Retired): void {
    this.#sessions.add(session);
  }

  /** Closes those whose last picture has been replaced. */
  sweep(): void {
    for (const session of this.#sessions) {
      if (session.idle) this.#end(session);
    }
  }

  /** Closes all. */
  close(): void {
    for (const session of this.#sessions) this.#end(session);
  }

  #end(session: Retired): void {
    this.#sessions.delete(session);
    session.close();
  }
}
