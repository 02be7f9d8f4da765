import { type ChildProcess, spawn } from 'node:child_process';
import type { AssembledCodec } from './frame-assembler.ts';
import { PictureWatch } from './picture-watch.ts';
import type { ReceivedVideo } from './player.ts';

/** Size in which pictures are looked at. Pixels, RGBA. */
const SIZE = { width: 64, height: 36 };
const BYTES = 4 * SIZE.width * SIZE.height;

/** Header of an IVF file of VP8; the size is taken from the frames. */
const IVF_HEADER = Buffer.concat([
  Buffer.from('DKIF\0\0\x20\0VP80', 'latin1'),
  Buffer.from(Uint16Array.of(16, 16).buffer),
  Buffer.from(Uint32Array.of(90_000, 1, 0, 0).buffer),
]);

/** FFmpeg, which decodes the frames of one codec. */
export class PictureDecoder {
  readonly #codec: AssembledCodec;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #watch = new PictureWatch();
  #frames = 0;
  #size = { width: 0, height: 0 };
  #pixels = Buffer.alloc(0);
  #words = '';
  #count = 0;

  constructor(codec: AssembledCodec) {
    this.#codec = codec;
    const input = ['-f', codec === 'VP8' ? 'ivf' : 'h264', '-i', 'pipe:0'];
    const filters = `showinfo=checksum=0,scale=${SIZE.width}:${SIZE.height},format=rgba`;
    const output = ['-vf', filters, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
    // Not `-fflags nobuffer`: it loses the first frame, which is the key frame.
    const quick = ['-probesize', '32', '-analyzeduration', '0', '-threads', '1'];
    this.#process = spawn('ffmpeg', ['-hide_banner', '-nostats', ...quick, ...input, ...output]);
    this.#process.stdout?.on('data', (data: Buffer) => this.#takePixels(data));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#takeWords(text));
    // It may end while frames are written.
    this.#process.stdin?.on('error', () => {});
    this.#exited = new Promise((resolve) => this.#process.once('close', () => resolve()));
    if (codec === 'VP8') this.#process.stdin?.write(IVF_HEADER);
  }

  get received(): ReceivedVideo {
    return { frames: this.#frames, ...this.#size, ...this.#watch.seen };
  }

  /** The last that FFmpeg said, beside what it says of each picture. */
  get words(): string {
    const words = this.#words.split('\n').filter((line) => !line.includes('showinfo'));
    return words.slice(-10).join('\n');
  }

  decode(frame: Uint8Array): void {
    if (this.#codec === 'VP8') {
      const header = Buffer.alloc(12);
      header.writeUInt32LE(frame.length);
      header.writeUInt32LE(this.#count, 4);
      this.#process.stdin?.write(header);
    }
    this.#count += 1;
    this.#process.stdin?.write(frame);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  #takePixels(data: Buffer): void {
    let pixels = Buffer.concat([this.#pixels, data]);
    for (; pixels.length >= BYTES; pixels = pixels.subarray(BYTES)) {
      this.#frames += 1;
      this.#watch.look({ ...SIZE, data: pixels.subarray(0, BYTES) });
    }
    this.#pixels = pixels;
  }

  #takeWords(text: string): void {
    this.#words = (this.#words + text).slice(-5000);
    const sizes = [...this.#words.matchAll(/ s:(\d+)x(\d+) /g)];
    const [, width, height] = sizes.at(-1) ?? [];
    if (width && height) this.#size = { width: Number(width), height: Number(height) };
  }
}
