/** Passes values on, at most one in an interval: the first at once, of those that come too soon the latest. */
export class Paced<T> {
  readonly #intervalMs: number;
  readonly #pass: (value: T) => void;
  #latest: { readonly value: T } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param intervalMs milliseconds */
  constructor(intervalMs: number, pass: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#pass = pass;
  }

  push(value: T): void {
    if (this.#timer) {
      this.#latest = { value };
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const latest = this.#latest;
      this.#latest = undefined;
      if (latest) this.push(latest.value);
    }, this.#intervalMs);
    this.#pass(value);
  }

  /** Drops what waits. Idempotent. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#latest = undefined;
  }
}
