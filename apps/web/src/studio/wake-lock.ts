/** Keeps the screen on while wanted: a phone that sleeps stops its camera. */
export class WakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | undefined;

  constructor() {
    // The browser releases it whenever the page is hidden.
    document.addEventListener('visibilitychange', () => void this.#apply());
  }

  set wanted(wanted: boolean) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    void this.#apply();
  }

  async #apply(): Promise<void> {
    if (!('wakeLock' in navigator)) return;
    if (!this.#wanted) {
      const lock = this.#lock;
      this.#lock = undefined;
      await lock?.release();
    } else if (document.visibilityState === 'visible' && (this.#lock?.released ?? true)) {
      // A browser low on power refuses.
      this.#lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    }
  }
}
