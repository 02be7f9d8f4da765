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
}

/** Counts the packets of one SSRC, and its frames when it is video. */
export class StreamMeter {
  readonly #isKeyFrame: KeyFrameTest | undefined;
  readonly #window = new SequenceWindow();
  readonly #tracker: FrameTracker | undefined;
  #packets = 0;
  #bytes = 0;
  #reordered = 0;
  #duplicates = 0;
  #frames = 0;
  #keyFrames = 0;

  constructor({ isKeyFrame, onFrame }: StreamMeterOptions = {}) {
    this.#isKeyFrame = isKeyFrame;
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
    }
    this.#packets += 1;
    this.#bytes += size;
    const beginsKeyFrame = this.#isKeyFrame?.(data, rtp.start) ?? false;
    window.note(number, (rtp.marker ? ENDS_FRAME : 0) | (beginsKeyFrame ? BEGINS_KEY_FRAME : 0));
    this.#tracker?.take(number, rtp.timestamp, beginsKeyFrame);
    return true;
  }
}
