/**
 * Passes lines on to a log at one a second at most: the first at once, then each second the newest with the number of
 * those left out, so that a child which repeats an error 30 times a second cannot flood the log.
 */
export class CondensedLog {
  readonly #write: (line: string, leftOut: number) => void;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #pending: string | undefined;
  #count = 0;

  /** `write` gets a line and how many lines before it were left out. */
  constructor(write: (line: string, leftOut: number) => void, intervalMs = 1000) {
    this.#write = write;
    this.#intervalMs = intervalMs;
  }

  add(line: string): void {
    if (this.#timer) {
      this.#pending = line;
      this.#count += 1;
      return;
    }
    this.#write(line, 0);
    this.#open();
  }

  /** Writes what waits, at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending === undefined) return;
    const [line, leftOut] = [this.#pending, this.#count - 1];
    this.#pending = undefined;
    this.#count = 0;
    this.#write(line, leftOut);
  }

  #open(): void {
    this.#timer = setTimeout(() => {
      const waiting = this.#pending !== undefined;
      this.flush();
      if (waiting) this.#open();
    }, this.#intervalMs);
    this.#timer.unref();
  }
}
