/** What can be asked whether it is alive. */
export interface Pinged {
  checkAlive(): void;
}

/**
 * Checks each of many connections once in a number of rounds, about as many in each: to write to all of them at once would
 * hold everything else up.
 */
export class PingRounds {
  readonly #rounds: readonly Set<Pinged>[];
  #added = 0;
  #next = 0;

  /** @param rounds at least 1 */
  constructor(rounds: number) {
    this.#rounds = Array.from({ length: rounds }, () => new Set());
  }

  /** Checks a connection from now on; the function returned ends that. */
  add(connection: Pinged): () => void {
    const round = this.#rounds[this.#added % this.#rounds.length];
    this.#added += 1;
    round?.add(connection);
    return () => round?.delete(connection);
  }

  /** The next round. */
  next(): void {
    const round = this.#rounds[this.#next % this.#rounds.length] ?? [];
    this.#next += 1;
    for (const connection of [...round]) connection.checkAlive();
  }
}
