import { forEachOf } from './for-each-of.ts';

/** Looks at each of its items again and again. One timer for all items, none while there is none; rounds do not overlap. */
export class Patrol<T> {
  readonly #intervalMs: number;
  readonly #look: (item: T) => Promise<void>;
  readonly #items = new Set<T>();
  #timer: NodeJS.Timeout | undefined;
  #onRound = false;

  /**
   * @param intervalMs between the beginnings of two rounds. Milliseconds
   * @param look must not reject
   */
  constructor(intervalMs: number, look: (item: T) => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#look = look;
  }

  add(item: T): void {
    this.#items.add(item);
    this.#timer ??= setInterval(() => void this.#round(), this.#intervalMs);
  }

  /** Idempotent. */
  delete(item: T): void {
    this.#items.delete(item);
    if (this.#items.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #round(): Promise<void> {
    if (this.#onRound) return;
    this.#onRound = true;
    await forEachOf([...this.#items], this.#look);
    this.#onRound = false;
  }
}
