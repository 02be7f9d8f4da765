/** What was received of an RTP stream, or of several. */
export interface StreamCount {
  /** Packets, each once. */
  readonly packets: number;
  /** RTP packets with their headers, without SRTP's and the network's. */
  readonly bytes: number;
  /** Sequence numbers that have not come. */
  readonly lost: number;
  /** Packets that came after one that was sent later; those that were sent again because they were missing are among them. */
  readonly reordered: number;
  /** Packets that came again. */
  readonly duplicates: number;
  /** Frames that a decoder could show: complete, in their order, and none missing since a key frame. */
  readonly frames: number;
  /** Those of them that are key frames. */
  readonly keyFrames: number;
}

export const nothingReceived: StreamCount = {
  packets: 0,
  bytes: 0,
  lost: 0,
  reordered: 0,
  duplicates: 0,
  frames: 0,
  keyFrames: 0,
};

/** Sum of two counts; with `sign` -1, what came between an earlier and a later one. */
export function addCounts(one: StreamCount, other: StreamCount, sign: 1 | -1 = 1): StreamCount {
  return {
    packets: one.packets + sign * other.packets,
    bytes: one.bytes + sign * other.bytes,
    lost: one.lost + sign * other.lost,
    reordered: one.reordered + sign * other.reordered,
    duplicates: one.duplicates + sign * other.duplicates,
    frames: one.frames + sign * other.frames,
    keyFrames: one.keyFrames + sign * other.keyFrames,
  };
}

/** Counts by what the packets carry. */
export interface MediaCounts {
  readonly audio: StreamCount;
  readonly video: StreamCount;
  /** RTX (RFC 4588). */
  readonly retransmission: StreamCount;
}

export const noMedia: MediaCounts = {
  audio: nothingReceived,
  video: nothingReceived,
  retransmission: nothingReceived,
};
