import type { KeyFrameTest } from '../key-frame.ts';
import type { RtpFields } from '../rtp-packet.ts';
import type { StreamCount } from './counts.ts';
import { FrameTracker } from './frame-tracker.ts';
import { BEGINS_KEY_FRAME, ENDS_FRAME, SequenceWindow } from './sequence-window.ts';

export interface StreamMeterOptions {
  /** Of video. */
  readonly isKeyFrame?: KeyFrameTest | undefined;
  /** Called with every frame of video that a decoder could show. */
  readonly onFrame?: (isKeyFrame: boolean) => void;
  /** Is told of holes in the sequence, and of what comes later. */
  readonly loss?: LossWatcher | undefined;
}

/** Is told what is missing, by extended sequence numbers. */
export interface LossWatcher {
  /** From `from` up to but without `to`. */
  missing(from: number, to: number): void;
  came(number: number): void;
}

/** Counts the packets of one SSRC, and its frames when it is video. */
export class StreamMeter {
  readonly #isKeyFrame: KeyFrameTest | undefined;
  readonly #window = new SequenceWindow();
  readonly #loss: LossWatcher | undefined;
  readonly #tracker: FrameTracker | undefined;
  #packets = 0;
  #bytes = 0;
  #reordered = 0;
  #duplicates = 0;
  #frames = 0;
  #keyFrames = 0;

  constructor({ isKeyFrame, onFrame, loss }: StreamMeterOptions = {}) {
    this.#isKeyFrame = isKeyFrame;
    this.#loss = loss;
    if (!isKeyFrame) return;
    this.#tracker = new FrameTracker(this.#window, (isKey) => {
      this.#frames += 1;
      if (isKey) this.#keyFrames += 1;
      onFrame?.(isKey);
    });
  }

  get count(): StreamCount {
    const { first, highest } = this.#window;
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: first === undefined ? 0 : highest - first + 1 - this.#packets,
      reordered: this.#reordered,
      duplicates: this.#duplicates,
      frames: this.#frames,
      keyFrames: this.#keyFrames,
    };
  }

  /**
   * Takes the next packet, whose header is in `rtp`.
   *
   * @param size bytes that count for it
   * @returns false when it has come before, or is too old for that to be known
   */
  take(data: Buffer, rtp: RtpFields, size: number): boolean {
    const window = this.#window;
    const number = window.extend(rtp.sequenceNumber);
    if (window.first !== undefined && number <= window.highest) {
      if (window.hasLeft(number) || window.flags(number) !== 0) {
        this.#duplicates += 1;
        return false;
      }
      this.#reordered += 1;
      this.#loss?.came(number);
    } else if (this.#loss && window.first !== undefined && number > window.highest + 1) {
      this.#loss.missing(window.highest + 1, number);
    }
    this.#packets += 1;
    this.#bytes += size;
    const beginsKeyFrame = this.#isKeyFrame?.(data, rtp.start) ?? false;
    window.note(number, (rtp.marker ? ENDS_FRAME : 0) | (beginsKeyFrame ? BEGINS_KEY_FRAME : 0));
    this.#tracker?.take(number, rtp.timestamp, beginsKeyFrame);
    return true;
  }
}
