/** What the beginning of a payload depends on. */
export interface PacketPlace {
  readonly isKeyFrame: boolean;
  /** Frames before this one. */
  readonly frameIndex: number;
  /** Which packet of its frame it is, from 0, and of how many. */
  readonly index: number;
  readonly count: number;
  /** Bytes of the payload. */
  readonly size: number;
}

/** Makes the beginning of a payload, such as a server needs it to tell frames apart. No decoder reads what follows. */
export type PayloadHead = (place: PacketPlace) => Buffer;

/** Of the picture that key frames claim to be. */
const WIDTH = 1280;
const HEIGHT = 720;

/** Payload descriptor with a picture id of 15 bits (RFC 7741, 4.2), and the frame header of RFC 6386, 9.1. */
function vp8Head({ isKeyFrame, frameIndex, index }: PacketPlace): Buffer {
  const isStart = index === 0;
  const pictureId = frameIndex & 0x7fff;
  const descriptor = [0x80 | (isStart ? 0x10 : 0), 0x80, 0x80 | (pictureId >> 8), pictureId & 0xff];
  if (!isStart) return Buffer.from(descriptor);
  // Version 0, shown; the size of the first partition is left out.
  if (!isKeyFrame) return Buffer.from([...descriptor, 0x11, 0, 0]);
  const picture = [WIDTH & 0xff, WIDTH >> 8, HEIGHT & 0xff, HEIGHT >> 8];
  return Buffer.from([...descriptor, 0x10, 0, 0, 0x9d, 0x01, 0x2a, ...picture]);
}

/** Constrained baseline, level 3.1, 1280x720. */
const H264_SPS = Buffer.from('6742c01fda014016e840', 'hex');
const H264_PPS = Buffer.from('68ce3c80', 'hex');
const H264_SLICE = 0x41;
const H264_IDR = 0x65;
const H264_FILLER = 0x0c;
const H264_STAP_A = 0x78;
const H264_FU_A = 28;

const sizeOf = (bytes: number) => Buffer.from([bytes >> 8, bytes & 0xff]);
const parameterSets = Buffer.concat([
  Buffer.from([H264_STAP_A]),
  ...[H264_SPS, H264_PPS].flatMap((unit) => [sizeOf(unit.length), unit]),
]);

/**
 * Single units, aggregates and fragments (RFC 6184, 5.6 to 5.8). The first packet of a key frame is an aggregate of the
 * parameter sets and of filler data; the fragments of the slice come after it.
 */
function h264Head({ isKeyFrame, index, count, size }: PacketPlace): Buffer {
  if (isKeyFrame && index === 0) {
    const filler = size - parameterSets.length - 2;
    return Buffer.concat([parameterSets, sizeOf(filler), Buffer.from([H264_FILLER])]);
  }
  const unit = isKeyFrame ? H264_IDR : H264_SLICE;
  const first = isKeyFrame ? 1 : 0;
  if (count - first === 1) return Buffer.from([unit]);
  const flags = (index === first ? 0x80 : 0) | (index === count - 1 ? 0x40 : 0);
  return Buffer.from([(unit & 0xe0) | H264_FU_A, flags | (unit & 0x1f)]);
}

/** Bytes that hold every head, with a stamp behind it. */
export const LEAST_PAYLOAD = 64;

/** Codecs that media can be made in. */
export type MadeCodec = 'VP8' | 'H264';

export const payloadHeads: Readonly<Record<MadeCodec, PayloadHead>> = { VP8: vp8Head, H264: h264Head };
