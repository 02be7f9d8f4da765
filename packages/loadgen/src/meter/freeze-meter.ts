/** Frames that the average is taken over. */
const WINDOW = 30;
/** Frames before which no gap counts. */
const LEAST_FRAMES = 5;

/**
 * Counts freezes by the rule of webrtc-stats (`freezeCount`, `totalFreezesDuration`): a frame comes later than
 * max(3 x average, average + 150 ms), where the average is that of the last 30 frame durations. Times are in microseconds.
 */
export class FreezeMeter {
  readonly #durations = new Float64Array(WINDOW);
  #total = 0;
  #frames = 0;
  #freezes = 0;
  #frozen = 0;
  #longest = 0;

  /** Takes the time between a frame and the one before it. */
  take(gap: number): void {
    if (this.isFreeze(gap)) {
      this.#freezes += 1;
      this.#frozen += gap;
      this.#longest = Math.max(this.#longest, gap);
    }
    const slot = this.#frames % WINDOW;
    this.#total += gap - (this.#durations[slot] ?? 0);
    this.#durations[slot] = gap;
    this.#frames += 1;
  }

  /** Whether a gap of this length is a freeze. */
  isFreeze(gap: number): boolean {
    if (this.#frames < LEAST_FRAMES) return false;
    const average = this.#total / Math.min(this.#frames, WINDOW);
    return gap > Math.max(3 * average, average + 150_000);
  }

  /** What has come to now. `open` is the time since the latest frame: it counts when it is a freeze already. */
  state(open: number): { freezes: number; frozen: number; longest: number } {
    const more = this.isFreeze(open) ? open : 0;
    return {
      freezes: this.#freezes + (more > 0 ? 1 : 0),
      frozen: this.#frozen + more,
      longest: Math.max(this.#longest, more),
    };
  }
}
