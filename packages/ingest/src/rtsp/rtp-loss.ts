/** RTP packets since the connection was made. */
export interface Loss {
  readonly received: number;
  /** Missing by their sequence numbers. */
  readonly lost: number;
}

interface Channel {
  next: number;
  received: number;
  lost: number;
}

/** A larger step is a sender that began anew (RFC 3550, A.1). */
const MAX_DROPOUT = 3000;
/** A packet this far behind has come late. */
const MAX_LATE = 100;

/** Counts what is missing among RTP packets, by channel. */
export class RtpLoss {
  readonly #channels = new Map<number, Channel>();

  /**
   * @param channel of the interleaved frame, 0 to 255
   * @param start the first four bytes of a packet
   */
  count(channel: number, start: Buffer): void {
    const type = start.readUInt8(1);
    // RTCP (RFC 5761, 4).
    if (type >= 192 && type <= 223) return;
    const sequence = start.readUInt16BE(2);
    const known = this.#channels.get(channel);
    if (!known) {
      this.#channels.set(channel, { next: (sequence + 1) & 0xffff, received: 1, lost: 0 });
      return;
    }
    const step = (sequence - known.next) & 0xffff;
    known.received += 1;
    if (step > 0xffff - MAX_LATE) {
      // Counted as lost before, or a duplicate.
      known.lost = Math.max(0, known.lost - 1);
      return;
    }
    if (step < MAX_DROPOUT) known.lost += step;
    known.next = (sequence + 1) & 0xffff;
  }

  get total(): Loss {
    const channels = [...this.#channels.values()];
    return {
      received: channels.reduce((sum, { received }) => sum + received, 0),
      lost: channels.reduce((sum, { lost }) => sum + lost, 0),
    };
  }
}
