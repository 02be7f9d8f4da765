/** The parts of an RTP packet (RFC 3550) that a receiver counts by. */
export interface RtpPacket {
  readonly payloadType: number;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits, in units of the codec's clock. The packets of one frame share it. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
  /** Without header extensions and padding. */
  readonly payload: Uint8Array;
}

const HEADER = 12;

/** Reads an RTP packet; undefined for RTCP, which shares the way (RFC 5761), and for what is neither. */
export function parseRtpPacket(data: Buffer): RtpPacket | undefined {
  if (data.length < HEADER) return undefined;
  const first = data.readUInt8(0);
  const second = data.readUInt8(1);
  if (first >> 6 !== 2 || (second >= 192 && second <= 223)) return undefined;
  let start = HEADER + 4 * (first & 0x0f);
  if (first & 0x10) {
    if (data.length < start + 4) return undefined;
    start += 4 + 4 * data.readUInt16BE(start + 2);
  }
  const end = data.length - (first & 0x20 ? data.readUInt8(data.length - 1) : 0);
  if (start > end) return undefined;
  return {
    payloadType: second & 0x7f,
    sequenceNumber: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(start, end),
  };
}
