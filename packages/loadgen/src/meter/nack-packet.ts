const TRANSPORT_FEEDBACK = 205;
const GENERIC_NACK = 1;
/** Of this end, which sends no media. */
const SENDER_SSRC = 1;

/** A generic NACK (RFC 4585, 6.2.1). @param numbers sequence numbers, of which the lower 16 bits count, in their order */
export function nackPacket(ssrc: number, numbers: readonly number[]): Buffer {
  const items: { first: number; following: number }[] = [];
  for (const number of numbers) {
    const latest = items.at(-1);
    const distance = latest ? number - latest.first : 0;
    if (latest && distance >= 1 && distance <= 16) latest.following |= 1 << (distance - 1);
    else items.push({ first: number, following: 0 });
  }
  const packet = Buffer.alloc(12 + 4 * items.length);
  packet.writeUInt8(0x80 | GENERIC_NACK, 0);
  packet.writeUInt8(TRANSPORT_FEEDBACK, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(SENDER_SSRC, 4);
  packet.writeUInt32BE(ssrc, 8);
  for (const [index, { first, following }] of items.entries()) {
    packet.writeUInt16BE(first & 0xffff, 12 + 4 * index);
    packet.writeUInt16BE(following, 14 + 4 * index);
  }
  return packet;
}
