import { InputError } from '../input.ts';
import { runFfprobe } from './ffprobe.ts';
import { fileUrl, guardArgs } from './file-args.ts';
import { MEDIA_FILE_ARGS, type MediaFile, readMediaFile } from './media-file.ts';
import type { FoundFile } from './resolve-path.ts';
import { TailReader, type Timeline, tailArgs } from './timeline.ts';

const AT_ONCE = 2;
const MAX_KEPT = 4000;
/** Pictures are not in the order in which they are shown: the last one shown need not be the last one there. */
const LAST_SECONDS = 10;
/** Where the duration is not known, or wrong. */
const LATER_THAN_ANY = 9_999_999;

export interface FileProberOptions {
  /** Program, searched on `PATH` unless it has a slash. Default `ffprobe`. */
  readonly ffprobePath?: string | undefined;
  /** Milliseconds that a look at one file may take. Default 15000. */
  readonly limitMs?: number | undefined;
}

/** Looks into video files by ffprobe, two at once, and remembers what is in them until they change. */
export class FileProber {
  readonly #ffprobePath: string;
  readonly #limitMs: number;
  readonly #closing = new AbortController();
  /** Oldest first. */
  readonly #media = new Map<string, Promise<MediaFile>>();
  readonly #timelines = new Map<string, Promise<Timeline>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor({ ffprobePath = 'ffprobe', limitMs = 15_000 }: FileProberOptions = {}) {
    this.#ffprobePath = ffprobePath;
    this.#limitMs = limitMs;
  }

  /**
   * What is in a file.
   *
   * @throws {InputError} what follows a file's name: why it cannot be played
   * @throws {MissingProgramError}
   */
  media(file: FoundFile): Promise<MediaFile> {
    return this.#remember(this.#media, file, () => this.#readMedia(file));
  }

  /**
   * Where a file begins and ends, to the frame.
   *
   * @throws as `media` does
   */
  timeline(file: FoundFile): Promise<Timeline> {
    return this.#remember(this.#timelines, file, async () =>
      this.#readTimeline(file, await this.media(file)),
    );
  }

  /** Ends what runs. Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  #remember<T>(kept: Map<string, Promise<T>>, file: FoundFile, find: () => Promise<T>): Promise<T> {
    const key = `${file.size} ${file.modifiedMs} ${file.path}`;
    const known = kept.get(key);
    if (known) return known;
    const finding = find();
    kept.set(key, finding);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    finding.catch((error: unknown) => {
      // What the file is not to blame for may be otherwise the next time.
      if (!(error instanceof InputError && error.final)) kept.delete(key);
    });
    return finding;
  }

  async #readMedia(file: FoundFile): Promise<MediaFile> {
    const lines: string[] = [];
    const end = await this.#run([...MEDIA_FILE_ARGS, ...guardArgs(), '-i', fileUrl(file.path)], (line) => {
      lines.push(line);
    });
    if (end === 'late') throw problem('takes too long to be read; it may be broken, or the disk busy', false);
    if (end === 'given-up') throw problem('was not looked at', false);
    const media = end === 'done' ? readMediaFile(lines.join('\n')) : undefined;
    if (!media) {
      throw problem(
        'is no video file that FFmpeg can read, or is damaged. Convert it to MP4, MKV or WebM',
        true,
      );
    }
    if (!media.video && !media.audio) throw problem('has neither picture nor sound', true);
    return media;
  }

  async #readTimeline(file: FoundFile, media: MediaFile): Promise<Timeline> {
    if (!media.video) return new TailReader(media).timeline();
    const last = media.start + (media.duration ?? 0) - LAST_SECONDS;
    for (const from of [Math.max(0, last), LATER_THAN_ANY]) {
      const tail = new TailReader(media);
      const args = [...guardArgs(), ...tailArgs(from), '-i', fileUrl(file.path)];
      const end = await this.#run(args, (line) => tail.read(line));
      if (end === 'given-up') throw problem('was not looked at', false);
      if (end === 'done' && tail.found) return tail.timeline();
    }
    return new TailReader(media).timeline();
  }

  async #run(args: readonly string[], onLine: (line: string) => void) {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      const [ffprobePath, limitMs, giveUp] = [this.#ffprobePath, this.#limitMs, this.#closing.signal];
      return await runFfprobe({ ffprobePath, args, limitMs, onLine, giveUp });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

function problem(reason: string, final: boolean): InputError {
  return new InputError({ reason, final });
}
