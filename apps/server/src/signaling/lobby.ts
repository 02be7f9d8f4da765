/** Viewers that wait for rooms that do not exist yet. They cost an entry each and nothing else. */
export class Lobby {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Calls back once when the room appears; the function returned gives up waiting. */
  wait(room: string, admit: () => void): () => void {
    const waiting = this.#waiting.get(room) ?? new Set();
    this.#waiting.set(room, waiting);
    waiting.add(admit);
    return () => {
      waiting.delete(admit);
      if (waiting.size === 0 && this.#waiting.get(room) === waiting) this.#waiting.delete(room);
    };
  }

  /** Says that a room exists now. */
  open(room: string): void {
    const waiting = this.#waiting.get(room);
    if (!waiting) return;
    this.#waiting.delete(room);
    for (const admit of waiting) admit();
  }

  /** Number of those who wait. */
  get size(): number {
    let size = 0;
    for (const waiting of this.#waiting.values()) size += waiting.size;
    return size;
  }
}
