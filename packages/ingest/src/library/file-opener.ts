import { Readable } from 'node:stream';
import type { FileSourceConfig } from '@spillway/protocol';
import { unlessGivenUp } from '../give-up.ts';
import { InputError, type InputOpener, type OpenInput } from '../input.ts';
import { guardArgs } from './file-args.ts';
import type { FileProber } from './file-prober.ts';
import type { MediaFile } from './media-file.ts';
import { playScript, roundsOf } from './play-script.ts';
import { type FoundFile, quoted, resolveLibraryPath } from './resolve-path.ts';
import { type CommonForm, commonForm, type Segment } from './segment-args.ts';
import { firstBytes, SegmentFeed } from './segment-feed.ts';
import type { Timeline } from './timeline.ts';

export interface FileOpenerOptions {
  readonly config: FileSourceConfig;
  /** Folder of the video library. */
  readonly libraryRoot: string;
  readonly prober: FileProber;
  /** Program, searched on `PATH` unless it has a slash. Default `ffmpeg`. */
  readonly ffmpegPath?: string | undefined;
}

interface Played extends FoundFile {
  readonly name: string;
  readonly media: MediaFile;
  readonly timeline: Timeline;
}

/** Seconds of the stream that the doctor gets to see. */
const SAMPLE_SECONDS = 4;

/**
 * Opens files of the video library, one after the other, in rounds without a gap unless told to play them once. A run that
 * has played to the end ends with code 0. Files of one kind are read as they are; those of unlike kinds are brought into
 * one form first.
 */
export class FileOpener implements InputOpener {
  readonly waiting = 'Opens the file';
  readonly #options: FileOpenerOptions;
  #start: number;

  constructor(options: FileOpenerOptions) {
    this.#options = options;
    this.#start = options.config.startSeconds ?? 0;
  }

  async open(giveUp: AbortSignal): Promise<OpenInput> {
    const { config } = this.#options;
    const names = typeof config.file === 'string' ? [config.file] : config.file;
    // What is found out meanwhile is remembered all the same.
    const files = await unlessGivenUp(
      this.#find(names),
      giveUp,
      () => 'It was stopped while it looked into its files',
    );
    const start = this.#start;
    const first = files[0];
    if (first && start >= first.timeline.end - first.timeline.start) {
      const length = (first.timeline.end - first.timeline.start).toFixed(1);
      const reason = `startSeconds is ${start}, but ${quoted(first.name)} has only ${length} seconds. Set an earlier start`;
      throw new InputError({ reason, final: true });
    }
    // Only the first run begins there.
    this.#start = 0;
    return files.every((file) => isLike(file.media, first?.media))
      ? this.#script(files, start)
      : this.#feed(files, start);
  }

  close(): void {}

  /** Looks into each file once, however often it is in the list. */
  async #find(names: readonly string[]): Promise<Played[]> {
    const { libraryRoot, prober } = this.#options;
    const found = new Map<string, Promise<Played>>();
    for (const name of new Set(names)) {
      found.set(
        name,
        resolveLibraryPath(libraryRoot, name).then(async (file) => {
          const look = async () => ({
            media: await prober.media(file),
            timeline: await prober.timeline(file),
          });
          return {
            ...file,
            name,
            ...(await look().catch((error: unknown) => Promise.reject(named(name, error)))),
          };
        }),
      );
    }
    const all = await Promise.allSettled(names.map((name) => found.get(name)));
    return all.flatMap((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value ? [each.value] : [];
    });
  }

  #script(files: readonly Played[], start: number): OpenInput {
    const loop = this.#options.config.loop ?? true;
    const stdin = Readable.from(playScript(files, loop ? roundsOf(files) : 1), { objectMode: false });
    // Beyond the end of the script, days later. A start position would be counted again there.
    const again = loop && start === 0 ? ['-stream_loop', '-1'] : [];
    return {
      args: [
        ...['-re', ...again, ...(start > 0 ? ['-ss', start.toFixed(3)] : [])],
        ...[...guardArgs({ script: true }), '-f', 'concat', '-safe', '0', '-i', 'pipe:0'],
      ],
      stdin,
      sample: async () => Buffer.from([...playScript(files, 1)].join('')),
      secrets: [],
      close: () => void stdin.destroy(),
    };
  }

  #feed(files: readonly Played[], start: number): OpenInput {
    const { config, ffmpegPath = 'ffmpeg' } = this.#options;
    const silent = files.find(({ media }) => !media.video);
    if (silent) {
      const reason = `${quoted(silent.name)} has no picture, unlike others of the list. Take it out of the list`;
      throw new InputError({ reason, final: true });
    }
    const form = commonForm(
      files.map(({ media }) => media),
      config.video,
    );
    const feed = new SegmentFeed({
      ffmpegPath,
      form,
      segments: segments(files, form, start, config.loop ?? true),
    });
    const samples: SegmentFeed[] = [];
    return {
      args: ['-re', '-protocol_whitelist', 'pipe', '-f', 'nut', '-i', 'pipe:0'],
      stdin: feed.output,
      encodedAnew: `The files of the list are of unlike kinds: each is brought to ${form.width}x${form.height} at ${form.frameRate} frames a second.`,
      sample: () => {
        const [head] = segments(files, form, start, false);
        const frames = Math.min(head?.frames ?? 0, SAMPLE_SECONDS * form.frameRate);
        const sample = new SegmentFeed({ ffmpegPath, form, segments: head ? [{ ...head, frames }] : [] });
        samples.push(sample);
        return firstBytes(sample);
      },
      secrets: [],
      problem: () => feed.problem,
      close: () => {
        for (const each of [feed, ...samples]) each.close();
      },
    };
  }
}

function* segments(
  files: readonly Played[],
  form: CommonForm,
  start: number,
  loop: boolean,
): Generator<Segment> {
  let [framesBefore, from] = [0, start];
  do {
    for (const { path, media, timeline } of files) {
      const frames = Math.max(1, Math.round((timeline.end - timeline.start - from) * form.frameRate));
      yield { path, from, frames, sound: media.audio !== undefined, framesBefore };
      framesBefore += frames;
      from = 0;
    }
  } while (loop);
}

/** Whether one decoder, or one receiver, can go on from one file with the other. */
function isLike(one: MediaFile, other: MediaFile | undefined): boolean {
  return JSON.stringify(kind(one)) === JSON.stringify(other && kind(other));
}

function kind({ video, audio }: MediaFile) {
  return [
    video && [
      video.index,
      video.codec,
      video.profile,
      video.pixelFormat,
      video.width,
      video.height,
      video.bFrames,
    ],
    audio && [audio.index, audio.codec, audio.profile, audio.sampleRate, audio.channels],
  ];
}

function named(name: string, error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new InputError({ reason: `${quoted(name)} ${error.message}`, final: error.final });
}
