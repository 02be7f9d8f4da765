import { open } from 'node:fs/promises';
import type { SlateSourceConfig } from '@spillway/protocol';
import { InputError, type InputOpener, type OpenInput } from '../input.ts';
import { fileUrl } from '../library/file-args.ts';
import { quoted, resolveLibraryPath } from '../library/resolve-path.ts';
import { SLATE } from './slate-recipe.ts';

export interface SlateOpenerOptions {
  readonly config: SlateSourceConfig;
  /** Folder of the video library, for an image. */
  readonly libraryRoot: string;
}

/** 50 megapixels. */
const MAX_PIXELS = 50_000_000;

/** FFmpeg's demuxers of single images, by what files begin with. */
const KINDS = [
  { demuxer: 'png_pipe', begin: Buffer.from('89504e470d0a1a0a', 'hex') },
  { demuxer: 'jpeg_pipe', begin: Buffer.from('ffd8ff', 'hex') },
];

/** Opens the inputs of a slate: 0 the plain picture that sets the pace, 1 silence, 2 the image where there is one. Their recipe is `slateRecipe`. */
export class SlateOpener implements InputOpener {
  readonly waiting = 'FFmpeg starts';
  readonly #options: SlateOpenerOptions;

  constructor(options: SlateOpenerOptions) {
    this.#options = options;
  }

  async open(): Promise<OpenInput> {
    const { width, height, frameRate } = SLATE;
    const { image } = this.#options.config;
    const args = [
      ...['-re', '-f', 'lavfi', '-i', `color=c=0x12161d:size=${width}x${height}:rate=${frameRate}`],
      ...['-re', '-f', 'lavfi', '-i', 'anullsrc=sample_rate=48000:channel_layout=stereo'],
      ...(image === undefined ? [] : await this.#imageArgs(image)),
    ];
    return { args, secrets: [], close: () => {} };
  }

  close(): void {}

  async #imageArgs(image: string): Promise<string[]> {
    const { path } = await resolveLibraryPath(this.#options.libraryRoot, image);
    const demuxer = await imageDemuxer(path);
    if (!demuxer) {
      const reason = `The image ${quoted(image)} is neither PNG nor JPEG. Convert it to one of them`;
      throw new InputError({ reason, final: true });
    }
    const guard = [
      '-protocol_whitelist',
      'file',
      '-format_whitelist',
      demuxer,
      '-max_pixels',
      `${MAX_PIXELS}`,
    ];
    return [...guard, '-f', demuxer, '-i', fileUrl(path)];
  }
}

async function imageDemuxer(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(8), position: 0 });
    return KINDS.find(({ begin }) => buffer.subarray(0, begin.length).equals(begin))?.demuxer;
  } finally {
    await file.close();
  }
}
