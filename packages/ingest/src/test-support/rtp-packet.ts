import type { RtpInput } from '@spillway/protocol';

export interface RtpPacket {
  readonly payloadType: number;
  readonly ssrc: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** Parses an RTP packet (RFC 3550, section 5.1) without padding. */
export function parseRtp(data: Buffer): RtpPacket | undefined {
  if (data.length < 12 || data.readUInt8(0) >> 6 !== 2) return undefined;
  const first = data.readUInt8(0);
  const second = data.readUInt8(1);
  let offset = 12 + 4 * (first & 0x0f);
  if (first & 0x10) offset += 4 + 4 * data.readUInt16BE(offset + 2);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(offset),
  };
}

/** The types of the NAL units that begin in a packet's payload (RFC 6184). */
export function nalTypes(payload: Buffer): number[] {
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === 28) return (payload[1] ?? 0) & 0x80 ? [(payload[1] ?? 0) & 0x1f] : [];
  if (type !== 24) return [type];
  const types: number[] = [];
  for (let at = 1; at + 2 < payload.length; at += 2 + payload.readUInt16BE(at)) {
    types.push((payload[at + 2] ?? 0) & 0x1f);
  }
  return types;
}

/** Whether a key frame begins in a packet. */
export function beginsKeyFrame(codec: RtpInput['codec'], payload: Buffer): boolean {
  return codec === 'VP8' ? beginsVp8KeyFrame(payload) : nalTypes(payload).includes(5);
}

/** RFC 7741, section 4.2. */
function beginsVp8KeyFrame(payload: Buffer): boolean {
  const first = payload[0] ?? 0;
  let offset = 1;
  if (first & 0x80) {
    const extensions = payload[1] ?? 0;
    offset = 2;
    if (extensions & 0x80) offset += (payload[2] ?? 0) & 0x80 ? 2 : 1;
    if (extensions & 0x40) offset += 1;
    if (extensions & 0x30) offset += 1;
  }
  const startsPartition = (first & 0x1f) === 0x10;
  return startsPartition && ((payload[offset] ?? 1) & 1) === 0;
}
