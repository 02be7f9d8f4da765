const IDLE_MS = 2500;

/** Says whether the user is about: so that controls can leave the picture. */
export class IdleTimer {
  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #idle = false;

  /** @param changed Called when `idle` has changed. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** True after 2.5 s without a `stir()`. */
  get idle(): boolean {
    return this.#idle;
  }

  /** The user did something. */
  readonly stir = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.rest, IDLE_MS);
    this.#set(false);
  };

  /** The user has gone. */
  readonly rest = (): void => {
    clearTimeout(this.#timer);
    this.#set(true);
  };

  stop(): void {
    clearTimeout(this.#timer);
  }

  #set(idle: boolean): void {
    if (this.#idle === idle) return;
    this.#idle = idle;
    this.#changed();
  }
}
