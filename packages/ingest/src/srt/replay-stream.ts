import { Readable } from 'node:stream';

export interface ReplayStreamOptions {
  /** Most bytes kept for a reader to come, and most that a slow reader may have outstanding. Default 8 MiB. */
  readonly limit?: number;
  /** Milliseconds by which a reader may lag before it is led to the newest place to begin. Default 5000. */
  readonly maxLagMs?: number;
}

export interface SampleOptions {
  /** Enough of them. Default 1 MiB. */
  readonly bytes?: number;
  /** Milliseconds of arrival that are enough. Default 1500. */
  readonly ms?: number;
}

interface Piece {
  readonly bytes: Buffer;
  /** Whether a reader can begin with it. */
  readonly start: boolean;
  /** When it came, by `performance.now()`. */
  readonly at: number;
}

/**
 * A live stream of bytes that one reader after the other can join: each begins at the newest place where that is
 * possible (a key frame). A reader that is too slow loses bytes, up to the next such place; nothing grows.
 */
export class ReplayStream {
  readonly #limit: number;
  readonly #maxLagMs: number;
  readonly #taps = new Set<(piece: Piece | undefined) => void>();
  /** Since the newest start; undefined before the first and after an overflow. */
  #kept: Piece[] | undefined;
  #keptBytes = 0;
  #reader: Reader | undefined;
  #ended = false;

  constructor({ limit = 8 * 2 ** 20, maxLagMs = 5000 }: ReplayStreamOptions = {}) {
    this.#limit = limit;
    this.#maxLagMs = maxLagMs;
  }

  /** Adds bytes. `start`: a reader can begin with them. Those before the first start are dropped. */
  push(bytes: Buffer, start: boolean): void {
    if (this.#ended || bytes.length === 0) return;
    const piece = { bytes, start, at: performance.now() };
    this.#keep(piece);
    this.#reader?.add(piece);
    for (const tap of [...this.#taps]) tap(piece);
  }

  /** No more will come: readers end. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader?.add(undefined);
    for (const tap of [...this.#taps]) tap(undefined);
  }

  /** A new reader. The one before it gets nothing more. */
  read(): Readable {
    this.#reader?.add(undefined);
    const reader = new Reader(this.#limit, this.#maxLagMs);
    for (const piece of this.#kept ?? []) reader.add(piece);
    if (this.#ended) reader.add(undefined);
    this.#reader = reader;
    return reader;
  }

  /** A copy of what a reader who comes now gets first; resolves when there is enough of it, or no more to come. */
  sample({ bytes = 2 ** 20, ms = 1500 }: SampleOptions = {}): Promise<Buffer> {
    return new Promise((resolve) => {
      const pieces = [...(this.#kept ?? [])];
      let size = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
      const began = pieces[0]?.at ?? performance.now();
      const finish = () => {
        clearTimeout(timer);
        this.#taps.delete(tap);
        resolve(Buffer.concat(pieces.map((piece) => piece.bytes)));
      };
      const tap = (piece: Piece | undefined) => {
        if (!piece) return finish();
        if (pieces.length === 0 && !piece.start) return;
        pieces.push(piece);
        size += piece.bytes.length;
        if (size >= bytes) finish();
      };
      const timer = setTimeout(finish, Math.max(0, began + ms - performance.now()));
      this.#taps.add(tap);
      if (size >= bytes || this.#ended) finish();
    });
  }

  #keep(piece: Piece): void {
    if (piece.start) {
      this.#kept = [];
      this.#keptBytes = 0;
    }
    if (!this.#kept) return;
    this.#kept.push(piece);
    this.#keptBytes += piece.bytes.length;
    if (this.#keptBytes > this.#limit) this.#kept = undefined;
  }
}

/** Gets pieces, and undefined as the last one. */
class Reader extends Readable {
  readonly #limit: number;
  readonly #maxLagMs: number;
  #queue: (Piece | undefined)[] = [];
  #bytes = 0;
  /** Whether pieces are dropped up to the next start. */
  #skips = true;
  #wanted = false;
  #ended = false;

  constructor(limit: number, maxLagMs: number) {
    super({ highWaterMark: 65_536 });
    this.#limit = limit;
    this.#maxLagMs = maxLagMs;
  }

  add(piece: Piece | undefined): void {
    if (this.#ended || this.destroyed) return;
    if (!piece) this.#ended = true;
    else if (piece.start && this.#lags(piece.at)) this.#clear();
    if (piece?.start) this.#skips = false;
    if (piece && this.#skips) return;
    this.#queue.push(piece);
    this.#bytes += piece?.bytes.length ?? 0;
    if (this.#bytes > this.#limit) this.#leap();
    this.#pump();
  }

  override _read(): void {
    this.#wanted = true;
    this.#pump();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#clear();
    done(error);
  }

  #lags(now: number): boolean {
    const oldest = this.#queue[0];
    return oldest !== undefined && now - oldest.at > this.#maxLagMs;
  }

  /** Drops what lies before the newest start, or all, where that is the oldest piece too. */
  #leap(): void {
    const newest = this.#queue.findLastIndex((piece) => piece?.start);
    const left = newest > 0 ? this.#queue.slice(newest) : [];
    this.#skips = left.length === 0;
    this.#queue = left;
    this.#bytes = left.reduce((sum, piece) => sum + (piece?.bytes.length ?? 0), 0);
  }

  #clear(): void {
    this.#queue = [];
    this.#bytes = 0;
  }

  #pump(): void {
    while (this.#wanted && this.#queue.length > 0) {
      const piece = this.#queue.shift();
      this.#bytes -= piece?.bytes.length ?? 0;
      this.#wanted = this.push(piece ? piece.bytes : null);
    }
  }
}
