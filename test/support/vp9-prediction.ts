/** FFmpeg writes neither contributing sources nor extensions. Bytes. */
const RTP_HEADER = 12;
/** Of the payload descriptor: a frame begins; it is predicted from others. */
const BEGIN = 0x08;
const PREDICTED = 0x40;

/**
 * FFmpeg's packets of VP9 do not say which frames are predicted from others (P of RFC 9628, 4.2), so that each looks like a
 * key frame. Gives what marks them, one after the other, as other senders do.
 */
export function vp9PredictionMarker(): (packet: Buffer) => void {
  let isPredicted = true;
  return (packet) => {
    const type = packet.readUInt8(1);
    if ((type >= 192 && type <= 223) || packet.length < RTP_HEADER + 2) return;
    const descriptor = packet.readUInt8(RTP_HEADER);
    // A frame begins with a mark of two bits, its profile, whether it shows another again, and its type: 0 of key frames.
    if (descriptor & BEGIN) isPredicted = (packet.readUInt8(RTP_HEADER + 1) & 0x0c) !== 0;
    if (isPredicted) packet.writeUInt8(descriptor | PREDICTED, RTP_HEADER);
  };
}
