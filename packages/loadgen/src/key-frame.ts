/*
 * Finds the first packet of a key frame by its payload: RFC 6184 (H264), RFC 7741 (VP8), RFC 9628 (VP9), AV1 RTP
 * specification. Minimal: streams of one spatial layer, and only what senders for browsers make.
 */

/** Whether a payload begins a key frame. `start` is where the payload begins in what is given, default 0. */
export type KeyFrameTest = (data: Uint8Array, start?: number) => boolean;

const H264_IDR = 5;
const H264_SPS = 7;
const H264_STAP_A = 24;
const H264_FU_A = 28;

/** A sequence parameter set or the start of an IDR slice, alone, first in an aggregate, or in fragments. */
function isH264KeyFrame(data: Uint8Array, start = 0): boolean {
  const type = (data[start] ?? 0) & 0x1f;
  if (type === H264_IDR || type === H264_SPS) return true;
  if (type === H264_STAP_A) {
    const inner = (data[start + 3] ?? 0) & 0x1f;
    return inner === H264_IDR || inner === H264_SPS;
  }
  if (type !== H264_FU_A) return false;
  const fragment = data[start + 1] ?? 0;
  return (fragment & 0x80) !== 0 && (fragment & 0x1f) === H264_IDR;
}

function isVp8KeyFrame(data: Uint8Array, start = 0): boolean {
  const descriptor = data[start] ?? 0;
  // Start of the first partition.
  if ((descriptor & 0x17) !== 0x10) return false;
  let at = start + 1;
  if (descriptor & 0x80) {
    const extension = data[at++] ?? 0;
    if (extension & 0x80) at += (data[at] ?? 0) & 0x80 ? 2 : 1;
    if (extension & 0x40) at += 1;
    if (extension & 0x30) at += 1;
  }
  const frame = data[at];
  return frame !== undefined && (frame & 0x01) === 0;
}

/** Beginning of a frame that is not predicted from an earlier picture, of the lowest spatial layer. */
function isVp9KeyFrame(data: Uint8Array, start = 0): boolean {
  const descriptor = data[start] ?? 0;
  const predicted = (descriptor & 0x40) !== 0;
  const beginning = (descriptor & 0x08) !== 0;
  if (predicted || !beginning) return false;
  if ((descriptor & 0x20) === 0) return true;
  const pictureId = descriptor & 0x80 ? ((data[start + 1] ?? 0) & 0x80 ? 2 : 1) : 0;
  return ((data[start + 1 + pictureId] ?? 0) & 0x0e) === 0;
}

/** The aggregation header marks the first packet of a new coded video sequence. */
function isAv1KeyFrame(data: Uint8Array, start = 0): boolean {
  return ((data[start] ?? 0) & 0x08) !== 0;
}

const tests: Readonly<Record<string, KeyFrameTest>> = {
  'video/h264': isH264KeyFrame,
  'video/vp8': isVp8KeyFrame,
  'video/vp9': isVp9KeyFrame,
  'video/av1': isAv1KeyFrame,
};

/** The test for a codec, by its MIME type; undefined for audio and unknown codecs. */
export function keyFrameTest(mimeType: string): KeyFrameTest | undefined {
  return tests[mimeType.toLowerCase()];
}
