import { Readable } from 'node:stream';

/** Bytes that may wait beyond what a reader began with. */
const MAX_LAG = 4 * 2 ** 20;
/** What the doctor needs: as much of the media, or as many bytes. */
const SAMPLE_MS = 1500;
const SAMPLE_BYTES = 2 ** 20;
const SAMPLE_WAIT_MS = 5000;

/** A tag as readers get it. */
export interface LiveTag {
  readonly bytes: Buffer;
  /** Milliseconds, modulo 2^32. */
  readonly timestamp: number;
  /** `start` a reader can start with it; `header` replaces a sequence header or metadata; `other` what depends on a start. */
  readonly role: 'start' | 'header' | 'other';
}

export interface FlvReaderOptions {
  /** What comes first at all, once. */
  readonly header: Buffer;
  /** Metadata and sequence headers as they are now, which come before each start. */
  readonly opening: (timestamp: number) => readonly Buffer[];
  /** What is there already, from a start on. */
  readonly recent: readonly LiveTag[];
  /** Told how many bytes were thrown away because nobody read them. */
  readonly onLag: (bytes: number) => void;
  readonly onClose: () => void;
}

/**
 * An FLV byte stream of what is live, for one reader. One that lags more than 4 MiB loses what waits for it and goes on at
 * the next key frame.
 */
export class FlvReader extends Readable {
  readonly #opening: (timestamp: number) => readonly Buffer[];
  readonly #onLag: (bytes: number) => void;
  readonly #onClose: () => void;
  readonly #maxWaiting: number;
  /** What comes first, while nobody has read it. */
  #header: Buffer | undefined;
  #queue: Buffer[] = [];
  #waitingBytes = 0;
  #started = false;
  #finished = false;
  #hungry = false;
  /** Of the media that came, for the sample. */
  #firstTimestamp: number | undefined;
  #spanMs = 0;
  readonly #sampled = Promise.withResolvers<void>();

  constructor(options: FlvReaderOptions) {
    super({ highWaterMark: 64 * 2 ** 10 });
    this.#opening = options.opening;
    this.#onLag = options.onLag;
    this.#onClose = options.onClose;
    this.#header = options.header;
    this.#maxWaiting = MAX_LAG + options.recent.reduce((sum, { bytes }) => sum + bytes.length, 0);
    for (const tag of options.recent) this.offer(tag);
  }

  /** Takes the next tag. */
  offer(tag: LiveTag): void {
    if (this.#finished) return;
    if (this.#started && this.#waitingBytes + tag.bytes.length > this.#maxWaiting) this.#fallBehind();
    if (!this.#started) {
      if (tag.role !== 'start') return;
      this.#started = true;
      for (const bytes of this.#opening(tag.timestamp)) this.#enqueue(bytes);
    }
    this.#enqueue(tag.bytes);
    this.#firstTimestamp ??= tag.timestamp;
    this.#spanMs = Math.max(this.#spanMs, (tag.timestamp - this.#firstTimestamp) | 0);
    if (this.#spanMs >= SAMPLE_MS || this.#waitingBytes >= SAMPLE_BYTES) this.#sampled.resolve();
    if (this.#hungry) this.#feed();
  }

  /** Nothing follows. */
  finish(): void {
    this.#finished = true;
    this.#sampled.resolve();
    if (this.#hungry) this.#feed();
  }

  /**
   * The first 1.5 s of media or 1 MiB, which stay in the stream; less when no more came within 5 s. To be asked before
   * the stream is read.
   */
  async sample(): Promise<Buffer> {
    const timer = setTimeout(this.#sampled.resolve, SAMPLE_WAIT_MS);
    await this.#sampled.promise;
    clearTimeout(timer);
    const parts = this.#header ? [this.#header] : [];
    let size = 0;
    for (const part of this.#queue) {
      if (size >= SAMPLE_BYTES) break;
      parts.push(part);
      size += part.length;
    }
    return Buffer.concat(parts);
  }

  override _read(): void {
    this.#feed();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#finished = true;
    this.#queue = [];
    this.#sampled.resolve();
    this.#onClose();
    callback(error);
  }

  #enqueue(bytes: Buffer): void {
    this.#queue.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #feed(): void {
    this.#hungry = false;
    if (this.#header) {
      this.push(this.#header);
      this.#header = undefined;
    }
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.#waitingBytes -= next.length;
      if (!this.push(next)) return;
    }
    if (this.#finished) this.push(null);
    else this.#hungry = true;
  }

  #fallBehind(): void {
    this.#onLag(this.#waitingBytes);
    this.#queue = [];
    this.#waitingBytes = 0;
    this.#started = false;
  }
}
