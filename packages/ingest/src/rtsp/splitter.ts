import type { RtspHeader, RtspMessage } from './message.ts';

/** What one side of an RTSP connection may send. */
export const MAX_HEAD_BYTES = 16 * 1024;
export const MAX_BODY_BYTES = 64 * 1024;

const DOLLAR = 0x24;
/** Types of TLS records (RFC 8446, 5.1). */
const TLS_ALERT = 21;
const TLS_HANDSHAKE = 22;
/** Of an interleaved frame: its own header, and of the RTP packet in it as much as loss is counted by. */
const FRAME_HEADER_BYTES = 4;
const PEEKED_BYTES = 8;

/** What came is not RTSP, or more of it than anybody needs. */
export class RtspFormatError extends Error {
  override readonly name = 'RtspFormatError';
}

export interface RtspSplitterOptions {
  /** Gets interleaved frames (RFC 2326, 10.12), as many as came at once; a frame may be split between calls. */
  readonly onFrames: (bytes: Buffer) => void;
  readonly onMessage: (message: RtspMessage) => void;
  /** Gets the channel and first four bytes of each frame's content. */
  readonly onPacket?: (channel: number, start: Buffer) => void;
}

/** Splits one direction of an RTSP connection into messages and interleaved frames, which are not kept. */
export class RtspSplitter {
  readonly #options: RtspSplitterOptions;
  /** The beginning of something whose end has not come. */
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the present frame that have not come. */
  #frameLeft = 0;
  /** A message whose body has not come whole. */
  #open: { head: Omit<RtspMessage, 'body'>; pieces: Buffer[]; left: number } | undefined;

  constructor(options: RtspSplitterOptions) {
    this.#options = options;
  }

  /** @throws {RtspFormatError} it must get nothing more then */
  push(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = Buffer.alloc(0);
    while (data.length > 0) {
      const taken = this.#open ? this.#takeBody(data) : this.#takeFrames(data) || this.#takeHead(data);
      if (taken === 0) {
        // A copy: the chunk that it is part of may be large.
        this.#rest = Buffer.from(data);
        return;
      }
      data = data.subarray(taken);
    }
  }

  /** Takes what there is of frames up to the next message. */
  #takeFrames(data: Buffer): number {
    let at = 0;
    while (at < data.length) {
      if (this.#frameLeft > 0) {
        const taken = Math.min(this.#frameLeft, data.length - at);
        this.#frameLeft -= taken;
        at += taken;
        continue;
      }
      if (data[at] !== DOLLAR || data.length - at < FRAME_HEADER_BYTES) break;
      const length = data.readUInt16BE(at + 2);
      if (length >= PEEKED_BYTES - FRAME_HEADER_BYTES) {
        if (data.length - at < PEEKED_BYTES) break;
        this.#options.onPacket?.(
          data.readUInt8(at + 1),
          data.subarray(at + FRAME_HEADER_BYTES, at + PEEKED_BYTES),
        );
      }
      this.#frameLeft = length;
      at += FRAME_HEADER_BYTES;
    }
    if (at > 0) this.#options.onFrames(data.subarray(0, at));
    return at;
  }

  #takeHead(data: Buffer): number {
    if (data[0] === DOLLAR) return 0;
    // Some cameras send empty lines between messages.
    const blank = /^[\r\n]+/.exec(data.toString('latin1', 0, MAX_HEAD_BYTES))?.[0].length ?? 0;
    if (blank > 0) return blank;
    const text = data.toString('latin1', 0, MAX_HEAD_BYTES);
    checkStart(text);
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) {
      if (text.length >= MAX_HEAD_BYTES) {
        throw new RtspFormatError(`a header longer than ${MAX_HEAD_BYTES} bytes`);
      }
      return 0;
    }
    const head = parseHead(text.slice(0, end.index));
    this.#open = { head, pieces: [], left: bodyLength(head.headers) };
    const taken = end.index + end[0].length;
    if (this.#open.left === 0) this.#takeBody(Buffer.alloc(0));
    return taken;
  }

  #takeBody(data: Buffer): number {
    const open = this.#open;
    if (!open) return 0;
    const piece = data.subarray(0, open.left);
    open.pieces.push(piece);
    open.left -= piece.length;
    if (open.left === 0) {
      this.#open = undefined;
      this.#options.onMessage({ ...open.head, body: Buffer.concat(open.pieces) });
    }
    return piece.length;
  }
}

/** Tells early that something else is spoken: it may never end a line. */
function checkStart(text: string): void {
  if (/^HTTP\//.test(text)) throw new RtspFormatError('HTTP');
  if (text.charCodeAt(0) === TLS_ALERT || text.charCodeAt(0) === TLS_HANDSHAKE)
    throw new RtspFormatError('TLS');
  const isStatus = 'RTSP/'.startsWith(text.slice(0, 5));
  const isMethod = /^[A-Z_]{1,32}(?: |$)/.test(text.slice(0, 33));
  if (!isStatus && !isMethod) throw new RtspFormatError('something that is not RTSP');
}

function parseHead(text: string): Omit<RtspMessage, 'body'> {
  const [startLine = '', ...lines] = text.split(/\r?\n/);
  const headers: RtspHeader[] = [];
  for (const line of lines) {
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last) {
      headers[headers.length - 1] = [last[0], `${last[1]} ${line.trim()}`];
      continue;
    }
    const colon = line.indexOf(':');
    // Lines that are no header are left out, as FFmpeg and other clients do.
    if (colon > 0) headers.push([line.slice(0, colon).trim(), clean(line.slice(colon + 1))]);
  }
  return { startLine: clean(startLine), headers };
}

/** What could end a line for somebody else goes. */
function clean(text: string): string {
  return text
    .replace(/[\r\n]/g, '')
    .replaceAll('\0', '')
    .trim();
}

function bodyLength(headers: readonly RtspHeader[]): number {
  const values = headers
    .filter(([name]) => name.toLowerCase() === 'content-length')
    .map(([, value]) => value);
  const lengths = new Set(values);
  if (lengths.size === 0) return 0;
  const [length = ''] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw new RtspFormatError('no valid Content-Length');
  if (Number(length) > MAX_BODY_BYTES) {
    throw new RtspFormatError(`a body of ${Number(length)} bytes, more than ${MAX_BODY_BYTES}`);
  }
  return Number(length);
}
