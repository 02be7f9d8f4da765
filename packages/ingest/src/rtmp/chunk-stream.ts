import { MessageType, type RtmpMessage } from './message.ts';
import { RtmpError } from './rtmp-error.ts';

/* RTMP chunk stream (RTMP 1.0, section 5.3). */

const DEFAULT_CHUNK_SIZE = 128;
const MAX_CHUNK_SIZE = 2 ** 20;
const MAX_CHUNK_STREAMS = 64;
/** Longest message that is neither audio nor video. */
const MAX_SMALL_MESSAGE = 64 * 2 ** 10;
/** Longest audio or video message. */
export const MAX_MEDIA_MESSAGE = 8 * 2 ** 20;
/** Bytes held for messages of which a part has come, before and after media is allowed. */
const MAX_UNFINISHED_SMALL = 2 * MAX_SMALL_MESSAGE;
const MAX_UNFINISHED = 2 * MAX_MEDIA_MESSAGE;
/** A timestamp field that says that the timestamp follows in four bytes of its own. */
const EXTENDED = 0xff_ffff;
/** Bytes of the message header by format. */
const HEADER_SIZES = [11, 7, 3, 0] as const;
const EMPTY = Buffer.alloc(0);

/** What later chunks of a chunk stream leave out. */
interface ChunkStream {
  timestamp: number;
  /** Timestamp or delta of the last header. */
  delta: number;
  extended: boolean;
  length: number;
  type: number;
  streamId: number;
  /** The message of which a part has come; grows with what comes, not with what was announced. */
  body: Buffer | undefined;
  filled: number;
}

/** Puts messages together from chunks. Memory is bounded by what has come, whatever headers announce. */
export class ChunkReader {
  readonly #streams = new Map<number, ChunkStream>();
  #chunkSize = DEFAULT_CHUNK_SIZE;
  #mediaAllowed = false;
  #unfinished = 0;
  /** The beginning of a chunk header. */
  #head = EMPTY;
  #current: ChunkStream | undefined;
  /** Bytes of the current chunk that are still to come. */
  #chunkLeft = 0;

  /** Lets audio and video in, of up to 8 MiB a message. */
  allowMedia(): void {
    this.#mediaAllowed = true;
  }

  /**
   * Takes bytes, cut anywhere, and yields the messages that they complete; Set Chunk Size and Abort are obeyed here. All
   * that it yields must be taken before the next call.
   *
   * @throws {RtmpError} when they are no chunks or beyond a bound
   */
  *read(bytes: Buffer): Generator<RtmpMessage, void> {
    const data = this.#head.length > 0 ? Buffer.concat([this.#head, bytes]) : bytes;
    this.#head = EMPTY;
    let at = 0;
    for (;;) {
      if (!this.#current) {
        const size = this.#readHeader(data, at);
        if (size === undefined) {
          this.#head = Buffer.from(data.subarray(at));
          return;
        }
        at += size;
      }
      const stream = this.#current;
      if (!stream) return;
      const part = data.subarray(at, at + this.#chunkLeft);
      this.#append(stream, part);
      at += part.length;
      this.#chunkLeft -= part.length;
      if (this.#chunkLeft > 0) return;
      this.#current = undefined;
      if (stream.filled < stream.length) continue;
      const message = this.#finish(stream);
      if (!this.#obey(message)) yield message;
    }
  }

  /** Reads a chunk's header. Returns its size, or undefined when not all of it has come. */
  #readHeader(data: Buffer, start: number): number | undefined {
    const first = data[start];
    if (first === undefined) return undefined;
    const format = first >> 6;
    const idSize = (first & 63) < 2 ? (first & 63) + 1 : 0;
    const messageAt = start + 1 + idSize;
    const headerSize = HEADER_SIZES[format] ?? 0;
    if (data.length < messageAt + headerSize) return undefined;
    const id = idSize === 0 ? first & 63 : 64 + data.readUIntLE(start + 1, idSize);
    const known = this.#streams.get(id);
    const extended = headerSize > 0 ? data.readUIntBE(messageAt, 3) === EXTENDED : known?.extended === true;
    const end = messageAt + headerSize + (extended ? 4 : 0);
    if (data.length < end) return undefined;

    if (format < 3 && known?.body)
      throw new RtmpError('a message begins before the one ahead of it is complete');
    if (format > 1 && !known) throw new RtmpError('a chunk stream begins without the length of its message');
    const stream = known ?? this.#open(id);
    if (headerSize > 0) {
      stream.delta = extended ? data.readUInt32BE(end - 4) : data.readUIntBE(messageAt, 3);
      stream.extended = extended;
    }
    if (headerSize >= 7) {
      stream.length = data.readUIntBE(messageAt + 3, 3);
      stream.type = data.readUInt8(messageAt + 6);
    }
    if (headerSize === 11) stream.streamId = data.readUInt32LE(messageAt + 7);
    if (!stream.body) this.#begin(stream, format);
    this.#current = stream;
    this.#chunkLeft = Math.min(this.#chunkSize, stream.length - stream.filled);
    return end - start;
  }

  #open(id: number): ChunkStream {
    if (this.#streams.size >= MAX_CHUNK_STREAMS)
      throw new RtmpError(`more than ${MAX_CHUNK_STREAMS} chunk streams`);
    const stream = {
      timestamp: 0,
      delta: 0,
      extended: false,
      length: 0,
      type: 0,
      streamId: 0,
      body: undefined,
      filled: 0,
    };
    this.#streams.set(id, stream);
    return stream;
  }

  #begin(stream: ChunkStream, format: number): void {
    const { type, length } = stream;
    const media = type === MessageType.audio || type === MessageType.video;
    if (media && !this.#mediaAllowed) throw new RtmpError('media comes before it was published');
    const limit = media ? MAX_MEDIA_MESSAGE : MAX_SMALL_MESSAGE;
    if (length > limit)
      throw new RtmpError(`a message of type ${type} has ${length} bytes, the limit is ${limit}`);
    stream.timestamp = format === 0 ? stream.delta : (stream.timestamp + stream.delta) >>> 0;
    stream.filled = 0;
    stream.body = EMPTY;
  }

  #append(stream: ChunkStream, part: Buffer): void {
    const body = stream.body ?? EMPTY;
    const filled = stream.filled + part.length;
    if (filled > body.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(stream.length, Math.max(filled, 2 * body.length)));
      this.#hold(grown.length - body.length);
      body.copy(grown, 0, 0, stream.filled);
      stream.body = grown;
    }
    part.copy(stream.body ?? EMPTY, stream.filled);
    stream.filled = filled;
  }

  #hold(bytes: number): void {
    this.#unfinished += bytes;
    const limit = this.#mediaAllowed ? MAX_UNFINISHED : MAX_UNFINISHED_SMALL;
    if (this.#unfinished > limit) throw new RtmpError(`unfinished messages of more than ${limit} bytes`);
  }

  #finish(stream: ChunkStream): RtmpMessage {
    const { type, streamId, timestamp, body = EMPTY } = stream;
    this.#drop(stream);
    return { type, streamId, timestamp, payload: body };
  }

  #drop(stream: ChunkStream): void {
    this.#unfinished -= stream.body?.length ?? 0;
    stream.body = undefined;
    stream.filled = 0;
  }

  /** Whether the message was for the chunk stream itself. */
  #obey({ type, payload }: RtmpMessage): boolean {
    if (type !== MessageType.setChunkSize && type !== MessageType.abort) return false;
    if (payload.length < 4) throw new RtmpError('a control message is cut off');
    const value = payload.readUInt32BE();
    if (type === MessageType.abort) {
      const stream = this.#streams.get(value);
      if (stream) this.#drop(stream);
      return true;
    }
    if (value < 1 || value > MAX_CHUNK_SIZE) {
      throw new RtmpError(`a chunk size of ${value} bytes, the limit is ${MAX_CHUNK_SIZE}`);
    }
    this.#chunkSize = value;
    return true;
  }
}

/** Cuts a message into chunks. `chunkStreamId` is 2 to 63. */
export function writeChunks(message: RtmpMessage, chunkStreamId: number, chunkSize: number): Buffer {
  const { type, streamId, timestamp, payload } = message;
  const extended = timestamp >= EXTENDED;
  const head = Buffer.alloc(12);
  head.writeUInt8(chunkStreamId);
  head.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3);
  head.writeUIntBE(payload.length, 4, 3);
  head.writeUInt8(type, 7);
  head.writeUInt32LE(streamId, 8);
  const time = Buffer.alloc(extended ? 4 : 0);
  if (extended) time.writeUInt32BE(timestamp);
  const next = Buffer.concat([Buffer.from([0xc0 | chunkStreamId]), time]);
  const parts = [head, time, payload.subarray(0, chunkSize)];
  for (let at = chunkSize; at < payload.length; at += chunkSize) {
    parts.push(next, payload.subarray(at, at + chunkSize));
  }
  return Buffer.concat(parts);
}
