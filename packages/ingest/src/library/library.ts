import type { LibraryFile, Library as LibraryList } from '@spillway/protocol';
import { InputError } from '../input.ts';
import type { FileProber } from './file-prober.ts';
import type { MediaFile } from './media-file.ts';
import { type ListedFile, listVideoFiles } from './walk.ts';

export interface LibraryOptions {
  /** Its folder; need not be there. */
  readonly root: string;
  readonly prober: FileProber;
  /** Milliseconds that a list may wait for what is in the files. Default 5000. */
  readonly waitMs?: number | undefined;
}

/** The video library: the folder whose files sources may play. */
export class Library {
  readonly #root: string;
  readonly #prober: FileProber;
  readonly #waitMs: number;

  constructor({ root, prober, waitMs = 5000 }: LibraryOptions) {
    this.#root = root;
    this.#prober = prober;
    this.#waitMs = waitMs;
  }

  /** Its video files, sorted by path. Files that take long to look into come without details, which are there the next time. */
  async list(): Promise<LibraryList> {
    const { files, truncated } = await listVideoFiles(this.#root);
    const entries: LibraryFile[] = files.map(withoutDetails);
    const looks = files.map(async (file, at) => {
      const known = await this.#prober.media(file).then(details, problemOf);
      const entry = entries[at];
      if (entry) Object.assign(entry, known);
    });
    const wait = Promise.withResolvers<void>();
    const timer = setTimeout(wait.resolve, this.#waitMs);
    await Promise.race([Promise.all(looks), wait.promise]);
    clearTimeout(timer);
    // What is found later must not change what was given out.
    const sorted = entries.map((entry) => ({ ...entry }));
    sorted.sort((one, other) => (one.path < other.path ? -1 : 1));
    return { files: sorted, truncated };
  }
}

function withoutDetails({ name, size, modifiedMs }: ListedFile): LibraryFile {
  return { path: name, size, modifiedAt: new Date(modifiedMs).toISOString() };
}

function details({ duration, video, audio }: MediaFile): Partial<LibraryFile> {
  return {
    ...(duration === undefined || duration < 0 ? {} : { duration }),
    ...(video ? { videoCodec: video.codec, width: video.width, height: video.height } : {}),
    ...(audio ? { audioCodec: audio.codec } : {}),
    ...(video ? {} : { problem: 'It has no picture' }),
  };
}

function problemOf(error: unknown): Partial<LibraryFile> {
  if (!(error instanceof InputError)) return {};
  return { problem: `It ${error.message}` };
}
