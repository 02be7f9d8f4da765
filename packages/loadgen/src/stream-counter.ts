import type { RtpPacket } from './rtp-packet.ts';

/** What was received of one RTP stream. */
export interface StreamCount {
  readonly packets: number;
  /** RTP packets with their headers, without SRTP's and the network's. */
  readonly bytes: number;
  /** Sequence numbers that never came. Packets received twice lower it, as in RFC 3550. */
  readonly lost: number;
  readonly keyFrames: number;
}

export const nothingReceived: StreamCount = { packets: 0, bytes: 0, lost: 0, keyFrames: 0 };

/** Sum of two counts; with `sign` -1, what came between an earlier and a later one. */
export function addCounts(one: StreamCount, other: StreamCount, sign: 1 | -1 = 1): StreamCount {
  return {
    packets: one.packets + sign * other.packets,
    bytes: one.bytes + sign * other.bytes,
    lost: one.lost + sign * other.lost,
    keyFrames: one.keyFrames + sign * other.keyFrames,
  };
}

/** Counts the packets of one SSRC. */
export class StreamCounter {
  readonly #isKeyFrame: ((payload: Uint8Array) => boolean) | undefined;
  #packets = 0;
  #bytes = 0;
  #keyFrames = 0;
  /** Of the latest key frame, whose first packets may be several that say so. */
  #keyFrameTimestamp: number | undefined;
  #first: number | undefined;
  /** Highest sequence number, extended over its 16 bits. */
  #highest = 0;

  constructor(isKeyFrame?: (payload: Uint8Array) => boolean) {
    this.#isKeyFrame = isKeyFrame;
  }

  get count(): StreamCount {
    const expected = this.#first === undefined ? 0 : this.#highest - this.#first + 1;
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: expected - this.#packets,
      keyFrames: this.#keyFrames,
    };
  }

  /** @param size bytes of the whole packet */
  take(packet: RtpPacket, size: number): void {
    this.#packets += 1;
    this.#bytes += size;
    if (packet.timestamp !== this.#keyFrameTimestamp && this.#isKeyFrame?.(packet.payload)) {
      this.#keyFrameTimestamp = packet.timestamp;
      this.#keyFrames += 1;
    }
    if (this.#first === undefined) {
      this.#first = packet.sequenceNumber;
      this.#highest = packet.sequenceNumber;
      return;
    }
    // The nearest number above or below the highest with these 16 bits.
    const extended = this.#highest + (((packet.sequenceNumber - this.#highest) << 16) >> 16);
    this.#highest = Math.max(this.#highest, extended);
    this.#first = Math.min(this.#first, extended);
  }
}
