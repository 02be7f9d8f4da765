import type { PushCommand, RtpInput } from '@spillway/protocol';
import { opusArgs, videoEncoderArgs } from './encoders.ts';
import { shellQuote } from './escape.ts';
import { rtpOutputArgs } from './rtp-output.ts';

export interface PushCommandOptions {
  /** What the source listens for: one command for each video input that FFmpeg can feed. */
  readonly inputs: readonly RtpInput[];
  /** The program. Default `ffmpeg`. */
  readonly ffmpeg?: string;
}

/** Command lines for a POSIX shell that push a generated picture and tone, each as it is printed. */
export function pushCommands({ inputs, ffmpeg = 'ffmpeg' }: PushCommandOptions): PushCommand[] {
  const audio = inputs.find(({ kind }) => kind === 'audio');
  return inputs.flatMap((video) => {
    const { codec } = video;
    if (codec !== 'H264' && codec !== 'VP8') return [];
    const words = [ffmpeg, ...pushArgs(video, codec, audio)];
    const title = `FFmpeg, ${codec}${audio ? ' and Opus' : ''}`;
    return { title, video: codec, command: words.map(shellQuote).join(' ') };
  });
}

function pushArgs(video: RtpInput, codec: 'H264' | 'VP8', audio: RtpInput | undefined): string[] {
  const [width, height, frameRate] = [1280, 720, 30];
  const encoding = { codec, width, height, frameRate, bitrate: 1_500_000, keyFrameInterval: 1 };
  const picture = `testsrc2=size=${width}x${height}:rate=${frameRate}`;
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'warning'],
    ...['-re', '-f', 'lavfi', '-i', picture],
    ...(audio ? ['-re', '-f', 'lavfi', '-i', 'sine=frequency=220:beep_factor=4:sample_rate=48000'] : []),
    ...['-map', '0:v', ...videoEncoderArgs(encoding), ...rtpOutputArgs(video)],
    ...(audio ? ['-map', '1:a', ...opusArgs(), ...rtpOutputArgs(audio)] : []),
  ];
}
