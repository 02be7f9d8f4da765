import type { types } from 'mediasoup-client';

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
 * Watches a mediasoup-client transport: when its path breaks it restarts ICE, and when that does not help it says that
 * the transport is lost, once. Ends with the transport.
 */
export class TransportHealth {
  readonly #actions: TransportHealthActions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restarting = false;
  #over = false;

  constructor(transport: types.Transport, actions: TransportHealthActions) {
    this.#actions = actions;
    transport.on('connectionstatechange', (state) => this.#stateChanged(state));
    transport.observer.on('close', () => this.#end());
  }

  #stateChanged(state: types.ConnectionState): void {
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

  #restart(): void {
    this.#restarting = true;
    this.#timer = setTimeout(() => this.#lose(), RESTART_MS);
    this.#actions.restart().catch(() => this.#lose());
  }

  #lose(): void {
    if (this.#over) return;
    this.#end();
    this.#actions.lost();
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
