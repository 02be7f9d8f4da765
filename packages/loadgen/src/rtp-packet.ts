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

/** The same of one packet after the other, in one object: where thousands come in a second, none is made for each. */
export class RtpFields {
  payloadType = 0;
  /** The last packet of a frame of video. */
  marker = false;
  /** 16 bits. */
  sequenceNumber = 0;
  /** 32 bits. */
  timestamp = 0;
  /** 32 bits. */
  ssrc = 0;
  /** Where the payload begins and ends, without header extensions and padding. */
  start = 0;
  end = 0;
}

const HEADER = 12;

/**
 * Reads the header of an RTP packet.
 *
 * @returns false for RTCP, which shares the way (RFC 5761), and for what is neither; `fields` is as it was then
 */
export function readRtpPacket(data: Buffer, fields: RtpFields): boolean {
  const { length } = data;
  if (length < HEADER) return false;
  const first = byte(data, 0);
  const second = byte(data, 1);
  if (first >> 6 !== 2 || (second >= 192 && second <= 223)) return false;
  let start = HEADER + 4 * (first & 0x0f);
  if (first & 0x10) {
    if (length < start + 4) return false;
    start += 4 + 4 * ((byte(data, start + 2) << 8) | byte(data, start + 3));
  }
  const end = length - (first & 0x20 ? byte(data, length - 1) : 0);
  if (start > end) return false;
  fields.payloadType = second & 0x7f;
  fields.marker = (second & 0x80) !== 0;
  fields.sequenceNumber = (byte(data, 2) << 8) | byte(data, 3);
  fields.timestamp = word(data, 4);
  fields.ssrc = word(data, 8);
  fields.start = start;
  fields.end = end;
  return true;
}

/** Reads an RTP packet; undefined for RTCP and for what is neither. */
export function parseRtpPacket(data: Buffer): RtpPacket | undefined {
  const fields = new RtpFields();
  if (!readRtpPacket(data, fields)) return undefined;
  const { payloadType, sequenceNumber, timestamp, ssrc, start, end } = fields;
  return { payloadType, sequenceNumber, timestamp, ssrc, payload: data.subarray(start, end) };
}

function byte(data: Buffer, at: number): number {
  return data[at] ?? 0;
}

function word(data: Buffer, at: number): number {
  return (
    ((byte(data, at) << 24) | (byte(data, at + 1) << 16) | (byte(data, at + 2) << 8) | byte(data, at + 3)) >>>
    0
  );
}
