import type { InputProblem } from '../input.ts';
import { Child } from '../process/child.ts';
import type { FlvMedia } from './flv-media.ts';

/** Which forms of Enhanced RTMP an FFmpeg reads. */
export interface FlvSupport {
  readonly enhancedVideo: boolean;
  readonly enhancedAudio: boolean;
}

/** First versions of libavformat that do: FFmpeg 6.1 and 8.0. */
const VIDEO_SINCE = [60, 16] as const;
const AUDIO_SINCE = [62, 0] as const;
const MAX_OUTPUT = 16_384;
/** It answers at once, unless the machine is in trouble. Milliseconds. */
const LIMIT_MS = 10_000;

/** What an FFmpeg reads, by what it prints for `-version`. */
export function flvSupportOf(versionText: string): FlvSupport {
  const [, major, minor] = /^libavformat\s+(\d+)\.\s*(\d+)\./m.exec(versionText) ?? [];
  const since = ([first, second]: readonly [number, number]) =>
    Number(major ?? 0) > first || (Number(major ?? 0) === first && Number(minor ?? 0) >= second);
  return { enhancedVideo: since(VIDEO_SINCE), enhancedAudio: since(AUDIO_SINCE) };
}

/** Asks an FFmpeg of this machine. @throws {MissingProgramError} */
export async function askFlvSupport(ffmpegPath: string): Promise<FlvSupport> {
  let text = '';
  const child = await Child.start({
    name: 'FFmpeg',
    file: ffmpegPath,
    args: ['-version'],
    limitMs: LIMIT_MS,
    onOutput: (output) =>
      output.setEncoding('utf8').on('data', (part: string) => {
        text = (text + part).slice(0, MAX_OUTPUT);
      }),
  });
  await child.ended;
  return flvSupportOf(text);
}

/** Why an FFmpeg cannot read what an encoder sends; undefined when it can. */
export function unreadable(
  { audio, video }: { readonly audio: FlvMedia | undefined; readonly video: FlvMedia | undefined },
  support: FlvSupport,
): InputProblem | undefined {
  if (video && !reads(video, support.enhancedVideo)) return problem(video, 'H.264');
  if (audio && !reads(audio, support.enhancedAudio)) return problem(audio, 'AAC');
  return undefined;
}

function reads({ form }: FlvMedia, enhanced: boolean): boolean {
  return form === 'plain' || (form === 'enhanced' && enhanced);
}

function problem({ codec, form }: FlvMedia, cure: string): InputProblem {
  const how = form === 'enhanced' ? 'enhanced RTMP' : 'an unofficial extension of RTMP';
  const reason = `The encoder sends ${codec} by ${how}, which FFmpeg here cannot read; set the encoder to ${cure}`;
  // The encoder may come back with something else at any time.
  return { reason, final: false };
}
