/*
 * The stamp of a made packet: the time at which it was sent, in its last bytes. There it stays through a server, which may
 * rewrite the RTP header, header extensions and the payload descriptor in front.
 */

const MAGIC_HIGH = 0x53_50_57_59;
const MAGIC_LOW = 0x9d_74_a3_1e;
const TWO_32 = 0x1_0000_0000;

/** Bytes of a stamp: a magic number of 64 bits, and microseconds of 64 bits. */
export const STAMP_BYTES = 16;

/** Writes a stamp to the last {@link STAMP_BYTES} bytes. `micros` as of `monotonicMicros()`. */
export function writeStamp(packet: Buffer, micros: number): void {
  const whole = Math.floor(micros);
  const at = packet.length - STAMP_BYTES;
  packet.writeUInt32BE(MAGIC_HIGH, at);
  packet.writeUInt32BE(MAGIC_LOW, at + 4);
  packet.writeUInt32BE(Math.floor(whole / TWO_32), at + 8);
  packet.writeUInt32BE(whole % TWO_32, at + 12);
}

/** The stamp of a packet or payload whose content ends at `end`, in microseconds; undefined when it has none. */
export function readStamp(data: Buffer, end: number = data.length): number | undefined {
  const at = end - STAMP_BYTES;
  if (at < 0 || data.readUInt32BE(at) !== MAGIC_HIGH || data.readUInt32BE(at + 4) !== MAGIC_LOW) {
    return undefined;
  }
  return data.readUInt32BE(at + 8) * TWO_32 + data.readUInt32BE(at + 12);
}
