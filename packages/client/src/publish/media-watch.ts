import type { SendLink } from './send-link.ts';

/** How long ICE may take to find its way back by itself before it is restarted. Milliseconds. */
const PATIENCE_MS = 1_500;
/** How long a restart of ICE may take before a new transport is asked for. Milliseconds. */
const RESTART_MS = 4_000;
/** How long a new transport may take to connect. Milliseconds. */
const CONNECT_MS = 8_000;

export interface MediaWatchActions {
  /** Find a new network path for the same transport. */
  restartIce(): void;
  /** Ask for a new transport. */
  renew(): void;
}

/**
 * Mends a media path that breaks, by steps that fit together in the grace time: wait a moment, restart ICE, ask for a new
 * transport, and again.
 */
export class MediaWatch {
  readonly #actions: MediaWatchActions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #link: SendLink | undefined;
  /** The link that was restarted and has not connected since. */
  #restarted: SendLink | undefined;
  #wasConnected = false;

  constructor(actions: MediaWatchActions) {
    this.#actions = actions;
  }

  /** Takes a new link. */
  watch(link: SendLink): void {
    this.stop();
    this.#link = link;
    this.#wasConnected = false;
    this.#after(CONNECT_MS, this.#actions.renew);
    link.on('change', () => {
      if (this.#link === link) this.#look(link);
    });
  }

  /** Signalling is back, with the same link: a path that broke meanwhile is mended at once. */
  checkNow(): void {
    const link = this.#link;
    if (!link || link.connected) return;
    this.#restarted = undefined;
    if (this.#wasConnected) this.#restart(link);
    else this.#after(CONNECT_MS, this.#actions.renew);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#link = undefined;
    this.#restarted = undefined;
  }

  #look(link: SendLink): void {
    if (link.connected) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#restarted = undefined;
      this.#wasConnected = true;
    } else if (link.broken && this.#wasConnected && this.#timer === undefined) {
      this.#after(PATIENCE_MS, () => this.#restart(link));
    }
  }

  #restart(link: SendLink): void {
    if (this.#restarted === link) return;
    this.#restarted = link;
    this.#after(RESTART_MS, this.#actions.renew);
    this.#actions.restartIce();
  }

  #after(ms: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      action();
    }, ms);
  }
}
