import { Readable } from 'node:stream';
import { explainFfmpeg } from '../ffmpeg/explain.ts';
import type { InputProblem } from '../input.ts';
import { Child, describeEnd } from '../process/child.ts';
import { LineTail } from '../process/line-tail.ts';

export interface DeviceFeedOptions {
  readonly ffmpegPath: string;
  /** FFmpeg's arguments for each input. */
  readonly inputs: readonly (readonly string[])[];
}

const SAMPLE_SECONDS = 1.5;
const MAX_SAMPLE = 64 * 2 ** 20;

/** Picture and sound of several devices as one stream (NUT), uncoded as they come. */
export class DeviceFeed {
  readonly #options: DeviceFeedOptions;
  readonly #children = new Set<Child>();
  #problem: InputProblem | undefined;
  #closed = false;
  /** Opens the devices when it is read. */
  readonly output: Readable;

  constructor(options: DeviceFeedOptions) {
    this.#options = options;
    this.output = Readable.from(this.#capture([]), { objectMode: false });
  }

  /** Why it ended. */
  get problem(): InputProblem | undefined {
    return this.#problem;
  }

  /** A moment of it, to look at, before `output` is read: two programs cannot have a device at once. */
  async sample(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of this.#capture(['-t', `${SAMPLE_SECONDS}`])) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_SAMPLE) break;
    }
    return Buffer.concat(pieces);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.output.destroy();
    for (const child of this.#children) void child.stop();
  }

  async *#capture(limit: readonly string[]): AsyncGenerator<Buffer> {
    if (this.#closed) return;
    const { ffmpegPath, inputs } = this.#options;
    const output = Promise.withResolvers<Readable>();
    const words = new LineTail();
    const maps = inputs.flatMap((_, at) => ['-map', `${at}`]);
    const child = await Child.start({
      name: 'FFmpeg',
      file: ffmpegPath,
      args: [
        ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-copyts', ...inputs.flat()],
        ...[...maps, '-c', 'copy', ...limit, '-f', 'nut', 'pipe:1'],
      ],
      onOutput: output.resolve,
      onWords: (text) => words.push(text),
      killAfterMs: 1000,
    });
    this.#children.add(child);
    if (this.#closed) void child.stop();
    const readable = await output.promise;
    try {
      yield* readable;
      const end = await child.ended;
      if (end.code !== 0 && !this.#closed) {
        const reason = describeEnd('FFmpeg', end, words.lines.at(-1));
        this.#problem = explainFfmpeg(words.lines) ?? { reason, final: false };
      }
    } finally {
      readable.destroy();
      await child.stop();
      this.#children.delete(child);
    }
  }
}
