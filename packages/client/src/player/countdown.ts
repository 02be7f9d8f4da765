/** Counts down to a moment: says once a second that time has passed, until it has come. */
export class Countdown {
  readonly #passed: () => void;
  #until = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param passed Called once a second while it counts. */
  constructor(passed: () => void) {
    this.#passed = passed;
  }

  /** Seconds left, at least 1. */
  get seconds(): number {
    return Math.max(1, Math.ceil((this.#until - Date.now()) / 1000));
  }

  /** @param until Milliseconds since 1970; undefined counts no more. */
  start(until: number | undefined): void {
    this.stop();
    if (until === undefined) return;
    this.#until = until;
    this.#timer = setInterval(() => {
      if (Date.now() >= this.#until) this.stop();
      this.#passed();
    }, 1000);
  }

  /** Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
