import type { Readable } from 'node:stream';
import type { InputProblem } from '../input.ts';
import { Child, describeEnd } from '../process/child.ts';
import { hideSecrets } from '../process/hide-secrets.ts';
import { LineTail } from '../process/line-tail.ts';
import { ReplayStream } from './replay-stream.ts';
import { srtUrl } from './srt-address.ts';
import { readSrtLine } from './srt-words.ts';
import { TsStarts } from './ts-starts.ts';

export interface SrtReceiverOptions {
  readonly ffmpegPath: string;
  readonly listenAddress: string;
  readonly port: number;
  readonly passphrase: string;
  readonly latencyMs: number;
  /** Whether to leave the encoder's sound out. */
  readonly soundless: boolean;
  /** An encoder was refused, and why. The listener lives on. */
  readonly onRefused: (why: string) => void;
  /** A reader of `media` can begin. */
  readonly onMedia: () => void;
}

/** How a receiver ended. */
export interface SrtEnd {
  /** Why, in words, without secrets. */
  readonly reason: string;
  /** What is wrong here, not with the encoder; undefined where nothing is. */
  readonly fault: InputProblem | undefined;
  /** Whether the encoder announced sound and sent none. */
  readonly soundless: boolean;
}

/** Microseconds that a connected encoder may send nothing. */
const SILENCE = 10_000_000;
/** Microseconds of media after which its streams must be known. */
const ANALYSIS = 2_000_000;
/** The connection is given up when its clock goes back so many times within `JUMP_MS`. */
const JUMPS = 20;
const JUMP_MS = 2000;
/** An encoder takes longer than this to connect and go. */
const EARLY_MS = 1000;
const MEMORY_LIMIT = 2 * 2 ** 30;

/**
 * Listens for one encoder by SRT and gives its media as MPEG-TS: one run of FFmpeg, from the listening to the end of
 * the connection.
 *
 * FFmpeg reads the address from a script (concat demuxer), because every user of the machine can read its arguments.
 * That demuxer gives frames, not bytes, so they are written, as they are, into a new transport stream.
 */
export class SrtReceiver {
  readonly media = new ReplayStream();
  readonly #options: SrtReceiverOptions;
  readonly #starts = new TsStarts();
  readonly #lines = new LineTail((line) => this.#handleLine(line));
  #child: Child | undefined;
  #stopped = false;
  #lastByteAt: number | undefined;
  #began = false;
  #end: SrtEnd | undefined;
  #verdict: string | undefined;
  #fault: InputProblem | undefined;
  #soundless = false;
  #jumps: number[] = [];

  constructor(options: SrtReceiverOptions) {
    this.#options = options;
  }

  /** Whether an encoder is, or was, connected that has sent something. */
  get heard(): boolean {
    return this.#lastByteAt !== undefined;
  }

  /** Whether a reader of `media` can begin, and more is to come. */
  get began(): boolean {
    return this.#began && !this.#stopped;
  }

  /** How it ended; undefined before. */
  get end(): SrtEnd | undefined {
    return this.#end;
  }

  /** Whether media came within the last so many milliseconds. */
  flows(withinMs: number): boolean {
    return this.#lastByteAt !== undefined && performance.now() - this.#lastByteAt < withinMs;
  }

  /**
   * Listens, receives and ends; when it resolves, the port is free again. Call once.
   *
   * @throws {MissingProgramError}
   */
  async run(): Promise<SrtEnd> {
    const startedAt = performance.now();
    try {
      const child = await Child.start({
        name: 'FFmpeg',
        file: this.#options.ffmpegPath,
        args: receiverArgs(this.#options.soundless),
        stdin: receiverScript(this.#options),
        onOutput: (output) => this.#read(output),
        onWords: (text) => this.#lines.push(text),
        memoryLimit: MEMORY_LIMIT,
      });
      this.#child = child;
      if (this.#stopped) void child.stop();
      const end = await child.ended;
      this.#lines.end();
      const reason = this.#verdict ?? this.#describe(end);
      // Nobody has connected in so short a time: whatever it is, it is not the encoder.
      const early = !this.#stopped && !this.heard && performance.now() - startedAt < EARLY_MS;
      const fault = this.#fault ?? (early && !this.#verdict ? { reason, final: false } : undefined);
      this.#end = { reason, fault, soundless: this.#soundless };
      return this.#end;
    } finally {
      this.media.end();
    }
  }

  /** Ends the connection and the listening. Idempotent. */
  stop(): void {
    this.#stopped = true;
    void this.#child?.stop();
  }

  #read(output: Readable): void {
    output.on('error', () => {});
    output.on('data', (chunk: Buffer) => {
      this.#lastByteAt = performance.now();
      for (const { bytes, start } of this.#starts.push(chunk)) {
        this.media.push(bytes, start);
        if (start && !this.#began) {
          this.#began = true;
          this.#options.onMedia();
        }
      }
    });
  }

  #handleLine(line: string): void {
    const news = readSrtLine(line);
    if (news?.type === 'refused') this.#options.onRefused(news.why);
    if (news?.type === 'fault') this.#fault ??= news.problem;
    if (news?.type === 'unfit') this.#verdict ??= news.why;
    if (news?.type === 'soundless') {
      this.#soundless = true;
      this.#verdict ??=
        'The encoder announces sound and sends none; it is taken without sound when it connects again';
    }
    if (news?.type === 'jumped') this.#handleJump();
  }

  /** FFmpeg would write all that comes later than this with the same time. */
  #handleJump(): void {
    const now = performance.now();
    this.#jumps = [...this.#jumps.filter((at) => now - at < JUMP_MS), now].slice(-JUMPS);
    if (this.#jumps.length < JUMPS) return;
    this.#verdict ??= "The encoder's clock went back; it has to connect again";
    this.stop();
  }

  #describe(end: Parameters<typeof describeEnd>[1]): string {
    if (this.heard) return 'The encoder has gone';
    if (this.#fault) return this.#fault.reason;
    const words = this.#lines.lines.at(-1);
    return hideSecrets(describeEnd('The SRT listener', end, words), [this.#options.passphrase]);
  }
}

function receiverScript({ listenAddress, port, passphrase, latencyMs }: SrtReceiverOptions): string {
  const listener = { mode: 'listener', latency: latencyMs * 1000, timeout: SILENCE, passphrase };
  const url = srtUrl({ address: listenAddress, port }, listener);
  return `ffconcat version 1.0\nfile '${url}'\noption fpsprobesize 0\n`;
}

function receiverArgs(soundless: boolean): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'repeat+level+warning'],
    ...['-protocol_whitelist', 'pipe,srt,udp', '-format_whitelist', 'concat,mpegts'],
    // No more than its streams need: each frame looked at here comes later to the viewers.
    ...['-analyzeduration', `${ANALYSIS}`, '-fpsprobesize', '0'],
    ...['-f', 'concat', '-safe', '0', '-i', 'pipe:0'],
    ...['-map', '0:v:0?', ...(soundless ? [] : ['-map', '0:a:0?']), '-c', 'copy'],
    // A frame whose length is known is passed on without waiting for the next one.
    ...['-f', 'mpegts', '-omit_video_pes_length', '0', '-muxdelay', '0', '-muxpreload', '0'],
    ...['-flush_packets', '1', '-max_interleave_delta', '0', 'pipe:1'],
  ];
}
