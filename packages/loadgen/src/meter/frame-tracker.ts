import { BEGINS_KEY_FRAME, ENDS_FRAME, type SequenceWindow } from './sequence-window.ts';

/**
 * Says when a decoder could show a frame: all its packets are there, and those of every frame before it since a key frame.
 * Behind a packet that never comes, it goes on with the next complete key frame.
 */
export class FrameTracker {
  readonly #window: SequenceWindow;
  readonly #onFrame: (isKeyFrame: boolean) => void;
  /** All packets before it are dealt with. */
  #next: number | undefined;
  #isKeyFrame = false;
  #canDecode = false;
  /** Where a key frame begins that came while a packet before it was missing, and its timestamp. */
  #resumeAt: number | undefined;
  #resumeTimestamp = 0;

  constructor(window: SequenceWindow, onFrame: (isKeyFrame: boolean) => void) {
    this.#window = window;
    this.#onFrame = onFrame;
  }

  /** To be called for every packet that the window has just noted. */
  take(number: number, timestamp: number, beginsKeyFrame: boolean): void {
    this.#next ??= number;
    if (number === this.#next) {
      this.#advance();
    } else if (number > this.#next && beginsKeyFrame && this.#isNewer(number, timestamp)) {
      this.#resumeAt = number;
      this.#resumeTimestamp = timestamp;
    }
    if (this.#resumeAt !== undefined) this.#resume(this.#resumeAt);
    if (this.#window.hasLeft(this.#next)) this.#giveUp(number);
  }

  #isNewer(number: number, timestamp: number): boolean {
    if (this.#resumeAt === undefined) return true;
    return timestamp === this.#resumeTimestamp ? number < this.#resumeAt : number > this.#resumeAt;
  }

  #advance(): void {
    let next = this.#next ?? 0;
    for (let flags = this.#window.flags(next); flags !== 0; flags = this.#window.flags(next)) {
      next += 1;
      if (flags & BEGINS_KEY_FRAME) {
        this.#isKeyFrame = true;
        this.#canDecode = true;
      }
      if (flags & ENDS_FRAME) {
        if (this.#canDecode) this.#onFrame(this.#isKeyFrame);
        this.#isKeyFrame = false;
      }
    }
    this.#next = next;
  }

  /** Leaves what is missing behind, once the key frame at `start` is complete or the gap before it is closed. */
  #resume(start: number): void {
    if ((this.#next ?? 0) > start) {
      this.#resumeAt = undefined;
      return;
    }
    for (let at = start; ; at += 1) {
      const flags = this.#window.flags(at);
      if (flags === 0) return;
      if (flags & ENDS_FRAME) break;
    }
    this.#next = start;
    this.#resumeAt = undefined;
    this.#advance();
  }

  /** The missing packet is too old to be waited for. */
  #giveUp(number: number): void {
    this.#next = number + 1;
    this.#canDecode = false;
    this.#isKeyFrame = false;
    this.#resumeAt = undefined;
  }
}
