/** Seconds from the epoch of NTP, 1900, to that of Unix. */
const NTP_EPOCH = 2_208_988_800;
const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
const CNAME = 1;

export interface SenderState {
  readonly ssrc: number;
  /** RTP timestamp of the moment of the report, 32 bits. */
  readonly timestamp: number;
  /** Packets and bytes of payload so far. */
  readonly packets: number;
  readonly octets: number;
}

/** A sender report with the stream's name, as one compound RTCP packet (RFC 3550, 6.4.1 and 6.5). `time` as of `Date.now()`. */
export function senderReport(state: SenderState, cname: string, time: number): Buffer {
  const seconds = Math.floor(time / 1000);
  const fraction = Math.floor(((time % 1000) / 1000) * 2 ** 32);
  const report = Buffer.alloc(28);
  writeHeader(report, SENDER_REPORT, 0);
  report.writeUInt32BE(state.ssrc, 4);
  report.writeUInt32BE(seconds + NTP_EPOCH, 8);
  report.writeUInt32BE(fraction, 12);
  report.writeUInt32BE(state.timestamp, 16);
  report.writeUInt32BE(state.packets >>> 0, 20);
  report.writeUInt32BE(state.octets >>> 0, 24);

  const name = Buffer.from(cname);
  // The items end with at least one zero, and on a boundary of 32 bits.
  const description = Buffer.alloc(8 + 4 * Math.ceil((name.length + 3) / 4));
  writeHeader(description, SOURCE_DESCRIPTION, 1);
  description.writeUInt32BE(state.ssrc, 4);
  description.writeUInt8(CNAME, 8);
  description.writeUInt8(name.length, 9);
  description.set(name, 10);
  return Buffer.concat([report, description]);
}

function writeHeader(packet: Buffer, type: number, count: number): void {
  packet.writeUInt8(0x80 | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
}
