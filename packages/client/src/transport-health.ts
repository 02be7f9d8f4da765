/** For how long a transport may be `disconnected` before it counts as broken: short gaps mend themselves. */
const PATIENCE_MS = 4000;
/** How long an ICE restart may take. */
const RESTART_MS = 5000;

/** What the owner of a transport does for its health. */
export interface TransportHealthActions {
  /** Restarts ICE; a rejection counts as `lost`. */
  restart: () => Promise<void>;
  /** The restart did not help: the transport has to be made anew. */
  lost: () => void;
  /** Media can flow (true), or no longer can (false). */
  changed: (up: boolean) => void;
}

/**
 * Watches over a transport, mediasoup-client's or a peer connection: when its path breaks it restarts ICE, and when that
 * does not help it says that the transport is lost, once.
 */
export class TransportHealth {
  readonly #actions: TransportHealthActions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restarting = false;
  #over = false;

  constructor(actions: TransportHealthActions) {
    this.#actions = actions;
  }

  /** Takes each new state of the transport. */
  report(state: RTCPeerConnectionState): void {
    if (this.#over) return;
    if (state === 'connected') {
      clearTimeout(this.#timer);
      this.#restarting = false;
      this.#actions.changed(true);
    } else if (state === 'disconnected' || state === 'failed') {
      this.#actions.changed(false);
      if (this.#restarting) return;
      clearTimeout(this.#timer);
      if (state === 'failed') this.#restart();
      else this.#timer = setTimeout(() => this.#restart(), PATIENCE_MS);
    }
  }

  /** To be called when the transport is closed. Idempotent. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #restart(): void {
    this.#restarting = true;
    this.#timer = setTimeout(() => this.#lose(), RESTART_MS);
    this.#actions.restart().catch(() => this.#lose());
  }

  #lose(): void {
    if (this.#over) return;
    this.close();
    this.#actions.lost();
  }
}
