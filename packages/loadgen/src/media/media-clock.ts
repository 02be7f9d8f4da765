/**
 * Calls `onFrame` once for every frame, at its time; after a stall the frames that are due come at once, as from an encoder,
 * but not more than a second of them.
 */
export class MediaClock {
  readonly #period: number;
  readonly #onFrame: () => void;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  /** @param frameRate frames per second */
  constructor(frameRate: number, onFrame: () => void) {
    this.#period = 1000 / frameRate;
    this.#onFrame = onFrame;
  }

  /** Begins with a frame at once. Idempotent. */
  start(): void {
    if (this.#timer) return;
    this.#due = performance.now();
    this.#schedule();
  }

  /** Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#due - performance.now()));
  }

  #tick(): void {
    const now = performance.now();
    this.#due = Math.max(this.#due, now - 1000);
    this.#schedule();
    while (this.#due <= now && this.#timer) {
      this.#due += this.#period;
      this.#onFrame();
    }
  }
}
