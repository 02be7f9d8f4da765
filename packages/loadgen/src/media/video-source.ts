import { packetSizes, planFrames } from './frame-plan.ts';
import { LEAST_PAYLOAD, type MadeCodec, payloadHeads } from './payload-head.ts';
import { writeStamp } from './stamp.ts';

/** How made video looks. */
export interface VideoShape {
  /** Default `VP8`. */
  readonly codec?: MadeCodec;
  /** Bits of payload per second. Default 1.5 million. */
  readonly bitrate?: number;
  /** Frames per second. Default 30. */
  readonly frameRate?: number;
  /** Seconds from one key frame to the next. Default 1. */
  readonly keyFrameInterval?: number;
  /** Bytes of a packet's payload at most, from 64. Default 1100. */
  readonly payloadSize?: number;
}

/** Which RTP stream the video is. */
export interface VideoStream {
  /** 32 bits. */
  readonly ssrc: number;
  /** 0 to 127. */
  readonly payloadType: number;
}

export const defaultShape = {
  codec: 'VP8',
  bitrate: 1_500_000,
  frameRate: 30,
  keyFrameInterval: 1,
  payloadSize: 1100,
} as const satisfies Required<VideoShape>;

/** Of video (RFC 7741, RFC 6184). Hertz. */
const CLOCK_RATE = 90_000;

const RTP_HEADER = 12;

/**
 * Video for measuring: frames of even sizes in the packets of one RTP stream, key frames larger than others, and a stamp
 * at the end of every packet. It looks like video to a server; no decoder can show it.
 */
export class VideoSource {
  readonly frameRate: number;
  readonly #stream: VideoStream;
  readonly #head: (typeof payloadHeads)[MadeCodec];
  readonly #interval: number;
  readonly #keyFrameSizes: readonly number[];
  readonly #frameSizes: readonly number[];
  #frames = 0;
  /** Frames since the latest key frame, that one included; 0: the next one is a key frame. */
  #sinceKeyFrame = 0;
  #sequenceNumber = 0;
  #packets = 0;
  #octets = 0;

  constructor(stream: VideoStream, shape: VideoShape = {}) {
    const { codec, payloadSize, ...rates } = { ...defaultShape, ...shape };
    const { interval, keyFrameBytes, frameBytes } = planFrames(rates);
    this.frameRate = rates.frameRate;
    this.#stream = stream;
    this.#head = payloadHeads[codec];
    this.#interval = interval;
    this.#keyFrameSizes = packetSizes(keyFrameBytes, payloadSize, LEAST_PAYLOAD);
    this.#frameSizes = packetSizes(frameBytes, payloadSize, LEAST_PAYLOAD);
  }

  get ssrc(): number {
    return this.#stream.ssrc;
  }

  /** Frames that were made. */
  get frames(): number {
    return this.#frames;
  }

  /** Packets that were made. */
  get packets(): number {
    return this.#packets;
  }

  /** Bytes of payload that were made. */
  get octets(): number {
    return this.#octets;
  }

  /** RTP timestamp of the next frame, 32 bits. */
  get timestamp(): number {
    return Math.round((this.#frames * CLOCK_RATE) / this.frameRate) >>> 0;
  }

  /** Makes the next frame a key frame; the one after it comes an interval later. */
  requestKeyFrame(): void {
    this.#sinceKeyFrame = 0;
  }

  /** The packets of the next frame, each stamped with `micros` (of `monotonicMicros()`). */
  nextFrame(micros: number): Buffer[] {
    const frameIndex = this.#frames;
    const { timestamp } = this;
    const isKeyFrame = this.#sinceKeyFrame === 0;
    const sizes = isKeyFrame ? this.#keyFrameSizes : this.#frameSizes;
    const count = sizes.length;
    this.#frames += 1;
    this.#sinceKeyFrame = (this.#sinceKeyFrame + 1) % this.#interval;
    return sizes.map((size, index) => {
      const packet = Buffer.alloc(RTP_HEADER + size);
      this.#writeHeader(packet, timestamp, index === count - 1);
      packet.set(this.#head({ isKeyFrame, frameIndex, index, count, size }), RTP_HEADER);
      writeStamp(packet, micros);
      this.#packets += 1;
      this.#octets += size;
      return packet;
    });
  }

  /** The fixed header of RFC 3550, 5.1. */
  #writeHeader(packet: Buffer, timestamp: number, marker: boolean): void {
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8((marker ? 0x80 : 0) | this.#stream.payloadType, 1);
    packet.writeUInt16BE(this.#sequenceNumber, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.#stream.ssrc, 8);
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
  }
}
