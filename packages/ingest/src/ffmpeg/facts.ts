import { text } from 'node:stream/consumers';
import { Child } from '../process/child.ts';
import { findHardwareEncoder, type HardwareFound } from './hardware.ts';
import { type FfmpegVersion, parseFfmpegVersion } from './version.ts';

/** It answers at once, unless the machine is in trouble; then it is better not to know. Milliseconds. */
const LIMIT_MS = 10_000;

/** What the FFmpeg of this machine can do; asked once, when it is first needed. */
export class FfmpegFacts {
  readonly #ffmpegPath: string;
  #version: Promise<FfmpegVersion | undefined> | undefined;
  #hardware: Promise<HardwareFound | undefined> | undefined;

  constructor(ffmpegPath: string) {
    this.#ffmpegPath = ffmpegPath;
  }

  /** Undefined for a build between versions, and without FFmpeg. */
  version(): Promise<FfmpegVersion | undefined> {
    this.#version ??= askVersion(this.#ffmpegPath);
    return this.#version;
  }

  /** The hardware encoder that works here. */
  hardware(): Promise<HardwareFound | undefined> {
    this.#hardware ??= findHardwareEncoder({ ffmpegPath: this.#ffmpegPath });
    return this.#hardware;
  }
}

async function askVersion(file: string): Promise<FfmpegVersion | undefined> {
  const output = Promise.withResolvers<string>();
  try {
    const child = await Child.start({
      ...{ name: 'FFmpeg', file, args: ['-version'], limitMs: LIMIT_MS },
      onOutput: (readable) => void text(readable).then(output.resolve, output.reject),
    });
    await child.ended;
    return parseFfmpegVersion((await output.promise).split('\n', 1)[0] ?? '');
  } catch {
    // Whoever runs it next says why it cannot be run.
    return undefined;
  }
}
