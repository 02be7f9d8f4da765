import { PassThrough, pipeline, Readable } from 'node:stream';
import type { InputProblem } from '../input.ts';
import { Child, describeEnd } from '../process/child.ts';
import { LineTail } from '../process/line-tail.ts';
import { type CommonForm, type Segment, segmentArgs } from './segment-args.ts';

/** A piece of the stream comes a little at a time; its child waits meanwhile. */
interface Piece {
  readonly child: Child;
  readonly output: Readable;
  readonly words: LineTail;
}

export interface SegmentFeedOptions {
  readonly ffmpegPath: string;
  readonly segments: Iterable<Segment>;
  readonly form: CommonForm;
}

/** One continuous stream of files of unlike kinds: an FFmpeg for each, one after the other, the next begun ahead of its time. */
export class SegmentFeed {
  readonly #options: SegmentFeedOptions;
  readonly #running = new Set<Piece>();
  #problem: InputProblem | undefined;
  #closed = false;
  /** The stream (NUT). */
  readonly output: Readable;

  constructor(options: SegmentFeedOptions) {
    this.#options = options;
    this.output = Readable.from(this.#pieces(), { objectMode: false, highWaterMark: 2 ** 16 });
    // Destroying a stream leaves the generator waiting where it is.
    this.output.once('close', () => this.close());
  }

  /** Why it ended before its end. */
  get problem(): InputProblem | undefined {
    return this.#problem;
  }

  /** Ends all that runs. Idempotent. */
  close(): void {
    this.#endPieces();
    this.output.destroy();
  }

  #endPieces(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const piece of this.#running) end(piece);
  }

  async *#pieces(): AsyncGenerator<Buffer> {
    const segments = this.#options.segments[Symbol.iterator]();
    let ahead = this.#begin(segments.next());
    try {
      for (let piece = await ahead; piece; piece = await ahead) {
        ahead = this.#begin(segments.next());
        yield* withoutFileId(piece.output);
        const end = await piece.child.ended;
        this.#running.delete(piece);
        if (this.#closed) return;
        if (end.code !== 0) {
          this.#fail(describeEnd('FFmpeg', end, piece.words.lines.at(-1)));
          return;
        }
      }
    } finally {
      // What has been made is still to be read.
      this.#endPieces();
    }
  }

  #fail(why: string): undefined {
    this.#problem ??= { reason: `A file of the list could not be played: ${why}`, final: false };
  }

  async #begin(next: IteratorResult<Segment, unknown>): Promise<Piece | undefined> {
    if (next.done || this.#closed) return undefined;
    const { ffmpegPath, form } = this.#options;
    const output = Promise.withResolvers<Readable>();
    const words = new LineTail();
    const child = await Child.start({
      name: 'FFmpeg',
      file: ffmpegPath,
      args: segmentArgs(next.value, form),
      // What a child that has ended left unread would be thrown away.
      onOutput: (readable) => output.resolve(pipeline(readable, new PassThrough(), () => {})),
      onWords: (text) => words.push(text),
      killAfterMs: 500,
    }).catch((error: unknown) => this.#fail(error instanceof Error ? error.message : String(error)));
    if (!child) return undefined;
    const piece = { child, words, output: await output.promise };
    this.#running.add(piece);
    if (this.#closed) end(piece);
    return piece;
  }
}

/** The first bytes of a NUT file. A demuxer takes them for a damaged frame anywhere else, and leaves out what follows. */
const FILE_ID = Buffer.from('nut/multimedia container\0');

/** NUT without the mark of a file, which a demuxer that is told the format does not need. */
async function* withoutFileId(output: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const data of output) {
    if (head === undefined) {
      yield data;
      continue;
    }
    head = Buffer.concat([head, data]);
    if (head.length < FILE_ID.length) continue;
    yield head.subarray(0, FILE_ID.length).equals(FILE_ID) ? head.subarray(FILE_ID.length) : head;
    head = undefined;
  }
}

/** Without a reader it would wait for one for ever. */
function end({ child, output }: Piece): void {
  output.destroy();
  void child.stop();
}

/** The first bytes of a stream, to look at. */
export async function firstBytes(feed: SegmentFeed): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of feed.output) pieces.push(piece);
  } finally {
    feed.close();
  }
  return Buffer.concat(pieces);
}
