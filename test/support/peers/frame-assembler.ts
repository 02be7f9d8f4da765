import { keyFrameTest } from '../../../packages/loadgen/src/key-frame.ts';
import type { RtpPacket } from '../../../packages/loadgen/src/rtp-packet.ts';

/** Codecs whose frames can be put together here. */
export type AssembledCodec = 'H264' | 'VP8';

const START_CODE = Buffer.from([0, 0, 0, 1]);
const H264_STAP_A = 24;
const H264_FU_A = 28;

/** The part of an H264 stream with start codes that a payload (RFC 6184, packetization mode 1) carries. */
function h264Bytes(payload: Uint8Array): Uint8Array[] {
  const [first = 0, second = 0] = payload;
  const type = first & 0x1f;
  if (type === H264_FU_A) {
    const isStart = (second & 0x80) !== 0;
    const rest = payload.subarray(2);
    return isStart ? [START_CODE, Uint8Array.of((first & 0xe0) | (second & 0x1f)), rest] : [rest];
  }
  if (type !== H264_STAP_A) return [START_CODE, payload];
  const units: Uint8Array[] = [];
  for (let at = 1; at + 2 < payload.length; ) {
    const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    units.push(START_CODE, payload.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return units;
}

/** What follows the payload descriptor (RFC 7741). */
function vp8Bytes(payload: Uint8Array): Uint8Array[] {
  let at = 1;
  if ((payload[0] ?? 0) & 0x80) {
    const extension = payload[at++] ?? 0;
    if (extension & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
    if (extension & 0x40) at += 1;
    if (extension & 0x30) at += 1;
  }
  return [payload.subarray(at)];
}

const depacketizers = { H264: h264Bytes, VP8: vp8Bytes } as const;

/** Puts the packets of one stream together to frames, from a key frame on and without those that have lost a packet. */
export class FrameAssembler {
  readonly #bytesOf: (payload: Uint8Array) => Uint8Array[];
  readonly #isKeyFrame: (payload: Uint8Array) => boolean;
  #parts: Uint8Array[] = [];
  #timestamp: number | undefined;
  #next: number | undefined;
  #hasKey = false;
  #isWhole = false;
  #needsKeyFrame = true;

  constructor(codec: AssembledCodec) {
    this.#bytesOf = depacketizers[codec];
    this.#isKeyFrame = keyFrameTest(`video/${codec}`) ?? (() => true);
  }

  /** Whether no frame can be decoded before a key frame comes. */
  get needsKeyFrame(): boolean {
    return this.#needsKeyFrame;
  }

  /**
   * Takes the next packet.
   *
   * @param marker the packet's marker bit: it ends its frame
   * @returns the frame when it is complete and can be decoded
   */
  take({ sequenceNumber, timestamp, payload }: RtpPacket, marker: boolean): Uint8Array | undefined {
    const isNext = this.#next === undefined || sequenceNumber === this.#next;
    this.#next = (sequenceNumber + 1) & 0xffff;
    if (!isNext) this.#needsKeyFrame = true;
    if (payload.length === 0) return undefined;
    if (timestamp !== this.#timestamp) {
      this.#parts = [];
      this.#timestamp = timestamp;
      this.#hasKey = false;
      this.#isWhole = true;
    } else if (!isNext) {
      this.#isWhole = false;
    }
    this.#hasKey ||= this.#isKeyFrame(payload);
    this.#parts.push(...this.#bytesOf(payload));
    if (!marker || !this.#isWhole) return undefined;
    if (this.#hasKey) this.#needsKeyFrame = false;
    return this.#needsKeyFrame ? undefined : Buffer.concat(this.#parts);
  }
}
