const PACKET = 188;
const PAT_PID = 0;
/** Where FFmpeg's muxer puts its streams, and after them the table that names them. */
const FIRST_STREAM_PID = 0x100;
const FIRST_PMT_PID = 0x1000;

/** A run of whole packets. */
export interface TsRun {
  readonly bytes: Buffer;
  /** Whether decoding can begin with it: tables, then a key frame. */
  readonly start: boolean;
}

/**
 * Cuts an MPEG transport stream (ISO/IEC 13818-1) as FFmpeg's muxer writes it, with tables before each key frame of its
 * first stream, into whole packets, and apart before those tables.
 */
export class TsStarts {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): TsRun[] {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const runs: TsRun[] = [];
    let from = 0;
    let start = false;
    /** Where the tables right before the packet at hand begin. */
    let tables: number | undefined;
    for (let at = 0; at + PACKET <= data.length; at += PACKET) {
      const pid = data.readUInt16BE(at + 1) & 0x1fff;
      if (pid === PAT_PID) tables ??= at;
      if (pid < FIRST_STREAM_PID || pid >= FIRST_PMT_PID) continue;
      if (tables !== undefined && pid === FIRST_STREAM_PID && beginsKeyFrame(data, at)) {
        if (tables > from) runs.push({ bytes: data.subarray(from, tables), start });
        from = tables;
        start = true;
      }
      tables = undefined;
    }
    // Tables whose frame has not come yet wait for it.
    const to = tables ?? data.length - (data.length % PACKET);
    if (to > from) runs.push({ bytes: data.subarray(from, to), start });
    this.#rest = Buffer.from(data.subarray(to));
    return runs;
  }
}

/** Whether a packet begins a frame (payload_unit_start_indicator) with which decoders can begin (random_access_indicator). */
function beginsKeyFrame(data: Buffer, at: number): boolean {
  const starts = (data.readUInt8(at + 1) & 0x40) !== 0;
  const adaptation = (data.readUInt8(at + 3) & 0x20) !== 0 && data.readUInt8(at + 4) > 0;
  return starts && adaptation && (data.readUInt8(at + 5) & 0x40) !== 0;
}
