import { ShellCommand } from './shell.ts';

export interface EncoderOptions {
  /** Where it pushes to, with FFmpeg's options for the output before it. */
  readonly output: readonly string[];
  /** Default 320x180. */
  readonly size?: string;
  /** Default H264 without B-frames, by software. */
  readonly video?: readonly string[];
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-bf', '0', '-g', '25'];
export const AAC = ['-c:a', 'aac', '-ar', '48000', '-ac', '2'];

/** The inputs of an encoder: a moving picture and a tone, live. */
export function liveInputs(size: string): string[] {
  return [
    ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`],
    ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
  ];
}

/** Runs FFmpeg as a user's encoder. Ended with the test at the latest. */
export function runFfmpeg(args: readonly string[]): ShellCommand {
  // The shell is replaced, so that a signal reaches FFmpeg.
  return new ShellCommand(`exec ${ffmpegLine(args)}`);
}

/** The same, and again whenever it ends, as streaming programs do. */
export function runFfmpegAgain(args: readonly string[]): ShellCommand {
  return new ShellCommand(`while :; do ${ffmpegLine(args)}; sleep 0.5; done`);
}

/** The arguments of an encoder that pushes a moving picture and a tone. */
export function pushArgs({ output, size = '320x180', video = H264 }: EncoderOptions): string[] {
  return [...liveInputs(size), '-pix_fmt', 'yuv420p', ...video, ...AAC, ...output];
}

function ffmpegLine(args: readonly string[]): string {
  const words = ['ffmpeg', '-hide_banner', '-nostdin', '-loglevel', 'warning', '-y', ...args];
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}
