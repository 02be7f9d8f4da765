const PAYLOAD_SPECIFIC = 206;
const PICTURE_LOSS = 1;
const FULL_INTRA = 4;

/** Whether a compound RTCP packet asks for a key frame: PLI (RFC 4585, 6.3.1) or FIR (RFC 5104, 4.3.1). False for RTP. */
export function asksForKeyFrame(data: Buffer): boolean {
  for (let at = 0; at + 4 <= data.length; at += 4 * (data.readUInt16BE(at + 2) + 1)) {
    const first = data.readUInt8(at);
    if (first >> 6 !== 2) return false;
    const format = first & 0x1f;
    if (data.readUInt8(at + 1) !== PAYLOAD_SPECIFIC) continue;
    if (format === PICTURE_LOSS || format === FULL_INTRA) return true;
  }
  return false;
}
