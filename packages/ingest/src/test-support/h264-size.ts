/** Reads bits and Exp-Golomb numbers (ITU-T H.264, section 9.1). Far too short for emulation prevention to matter. */
function bitReader(data: Buffer): { bits(count: number): number; golomb(): number } {
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      value = value * 2 + (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
      at += 1;
    }
    return value;
  };
  const golomb = (): number => {
    let zeros = 0;
    while (zeros < 32 && bits(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + bits(zeros);
  };
  return { bits, golomb };
}

/** The coded width of a baseline picture in pixels, by its sequence parameter set (section 7.3.2.1.1). */
function codedWidth(sps: Buffer): number {
  const { bits, golomb } = bitReader(sps.subarray(4));
  golomb();
  golomb();
  const pictureOrder = golomb();
  if (pictureOrder === 0) golomb();
  golomb();
  bits(1);
  return 16 * (golomb() + 1);
}

/** The width of the pictures that begin in a packet's payload (RFC 6184), if it says so, by the parameter sets that count: the last. Pixels. */
export function widthIn(payload: Buffer): number | undefined {
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === 7) return codedWidth(payload);
  if (type !== 24) return undefined;
  let width: number | undefined;
  for (let at = 1; at + 2 < payload.length; at += 2 + payload.readUInt16BE(at)) {
    const unit = payload.subarray(at + 2);
    if (((unit[0] ?? 0) & 0x1f) === 7) width = codedWidth(unit);
  }
  return width;
}
