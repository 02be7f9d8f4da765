import { keyFrameTest } from '../key-frame.ts';
import { monotonicMicros } from '../media/clock.ts';
import { readStamp } from '../media/stamp.ts';
import { RtpFields, readRtpPacket } from '../rtp-packet.ts';
import { addCounts, type MediaCounts, noMedia } from './counts.ts';
import { FreezeMeter } from './freeze-meter.ts';
import { LogHistogram } from './log-histogram.ts';
import { StreamMeter } from './stream-meter.ts';

/** What a payload type stands for. */
export interface PayloadFormat {
  readonly kind: 'audio' | 'video';
  /** Such as `video/VP8`. `video/rtx` and `audio/rtx` are retransmissions (RFC 4588). */
  readonly mimeType: string;
}

/** Is told what is missing of an SSRC, by extended sequence numbers. */
export interface MediaLossWatcher {
  /** From `from` up to but without `to`. */
  missing(ssrc: number, from: number, to: number): void;
  came(ssrc: number, number: number): void;
}

/** One SSRC. */
interface Stream {
  readonly ssrc: number;
  readonly role: keyof MediaCounts;
  readonly meter: StreamMeter;
}

/**
 * A frame that was sent no longer ago than this is the present: at 30 frames a second the source has sent one newer frame at
 * most. Microseconds.
 */
const PRESENT = 2e6 / 30;

/** SSRCs of one transport that are counted; those beyond are left out. */
const MAX_STREAMS = 32;

/** The header of the packet at hand. */
const rtp = new RtpFields();

/**
 * All that one viewer receives, over one transport after the other: counts, the gaps between frames, freezes, and the delay of
 * stamped packets. Times are in microseconds of `monotonicMicros()`.
 */
export class MediaMeter {
  /** From one frame that can be shown to the next. */
  readonly gaps = new LogHistogram();
  /**
   * From the stamp of a packet to its arrival. Of what was sent before the first packet of a transport came, as by a server that
   * keeps the frames since the last key frame for those who come, from that moment on.
   */
  readonly delay = new LogHistogram();
  readonly #onFirstPacket: () => void;
  readonly #freezes = new FreezeMeter();
  readonly #formats = new Map<number, PayloadFormat>();
  readonly #streams = new Map<number, Stream>();
  #loss: MediaLossWatcher | undefined;
  #latest: Stream | undefined;
  /** What retransmissions belong to. */
  #video: Stream | undefined;
  /** Of transports that are gone. */
  #earlier: MediaCounts = noMedia;
  #firstPacketAt: number | undefined;
  #firstKeyFrameAt: number | undefined;
  #firstPresentAt: number | undefined;
  /** When the first packet of the present transport came. */
  #transportFrom: number | undefined;
  #lastFrameAt: number | undefined;
  /** Of the packet at hand. */
  #now = 0;
  #maxDelay = 0;
  #maxGap = 0;

  /** @param onFirstPacket called once */
  constructor(onFirstPacket: () => void = () => {}) {
    this.#onFirstPacket = onFirstPacket;
  }

  get counts(): MediaCounts {
    const counts = { ...this.#earlier };
    for (const { role, meter } of this.#streams.values()) counts[role] = addCounts(counts[role], meter.count);
    return counts;
  }

  get firstPacketAt(): number | undefined {
    return this.#firstPacketAt;
  }

  /** When the first key frame was complete. */
  get firstKeyFrameAt(): number | undefined {
    return this.#firstKeyFrameAt;
  }

  /** When the first stamped frame was complete that shows the present. */
  get firstPresentAt(): number | undefined {
    return this.#firstPresentAt;
  }

  /** The longest delay of a stamped packet. */
  get maxDelay(): number {
    return this.#maxDelay;
  }

  /** The longest time from one frame to the next. */
  get maxGap(): number {
    return this.#maxGap;
  }

  /** Freezes until `now`, and how long they were together and at most. */
  freezesAt(now: number): { freezes: number; frozen: number; longest: number } {
    return this.#freezes.state(this.#lastFrameAt === undefined ? 0 : now - this.#lastFrameAt);
  }

  /** Says what a payload type of the present transport stands for. */
  expect(payloadType: number, format: PayloadFormat): void {
    this.#formats.set(payloadType, format);
  }

  /** Says who is told of what is missing on the present transport. */
  watchLoss(watcher: MediaLossWatcher): void {
    this.#loss = watcher;
  }

  /** The transport is gone: what comes next are other streams. */
  endTransport(): void {
    this.#earlier = this.counts;
    this.#streams.clear();
    this.#formats.clear();
    this.#latest = undefined;
    this.#video = undefined;
    this.#transportFrom = undefined;
    this.#loss = undefined;
  }

  /** Takes what a transport has received: RTP that is expected is counted, everything else is not. */
  take(data: Buffer): void {
    if (!readRtpPacket(data, rtp)) return;
    const stream = this.#latest?.ssrc === rtp.ssrc ? this.#latest : this.#streamOf(rtp.ssrc, rtp.payloadType);
    if (!stream) return;
    this.#latest = stream;
    this.#now = monotonicMicros();
    this.#transportFrom ??= this.#now;
    if (this.#firstPacketAt === undefined) {
      this.#firstPacketAt = this.#now;
      this.#onFirstPacket();
    }
    if (!stream.meter.take(data, rtp, data.length)) return;
    if (stream.role !== 'retransmission') this.#noteDelay(data);
    else this.#recover(data);
  }

  /** A retransmission has the number of the packet that it stands for in front of that one's payload (RFC 4588, 4). */
  #recover(data: Buffer): void {
    if (!this.#video || rtp.end - rtp.start < 2) return;
    rtp.sequenceNumber = data.readUInt16BE(rtp.start);
    rtp.start += 2;
    // Its bytes are among those of the retransmissions.
    if (this.#video.meter.take(data, rtp, 0)) this.#noteDelay(data);
  }

  #noteDelay(data: Buffer): void {
    const stamp = readStamp(data, rtp.end);
    if (stamp === undefined) return;
    const age = this.#now - stamp;
    // A frame is complete with this packet.
    if (this.#firstPresentAt === undefined && this.#lastFrameAt === this.#now && age <= PRESENT) {
      this.#firstPresentAt = this.#now;
    }
    const delay = Math.min(age, this.#now - (this.#transportFrom ?? stamp));
    this.delay.record(delay);
    if (delay > this.#maxDelay) this.#maxDelay = delay;
  }

  #handleFrame(isKeyFrame: boolean): void {
    const now = this.#now;
    if (isKeyFrame) this.#firstKeyFrameAt ??= now;
    if (this.#lastFrameAt !== undefined) {
      const gap = now - this.#lastFrameAt;
      this.#freezes.take(gap);
      this.gaps.record(gap);
      if (gap > this.#maxGap) this.#maxGap = gap;
    }
    this.#lastFrameAt = now;
  }

  #streamOf(ssrc: number, payloadType: number): Stream | undefined {
    const known = this.#streams.get(ssrc);
    if (known) return known;
    const format = this.#formats.get(payloadType);
    if (!format || this.#streams.size >= MAX_STREAMS) return undefined;
    const { kind, mimeType } = format;
    const isRetransmission = mimeType.toLowerCase().endsWith('/rtx');
    const role = isRetransmission ? 'retransmission' : kind;
    const loss = role === 'video' ? this.#loss : undefined;
    const meter = new StreamMeter({
      isKeyFrame: keyFrameTest(mimeType),
      onFrame: (isKeyFrame) => this.#handleFrame(isKeyFrame),
      loss: loss && {
        missing: (from, to) => loss.missing(ssrc, from, to),
        came: (number) => loss.came(ssrc, number),
      },
    });
    const stream: Stream = { ssrc, role, meter };
    if (role === 'video') this.#video = stream;
    this.#streams.set(ssrc, stream);
    return stream;
  }
}
