import { Child } from '../../process/child.ts';

export interface EncoderOptions {
  readonly port: number;
  /** With what follows it in the URL. */
  readonly key: string;
  readonly app?: string;
  readonly video?: boolean;
  readonly audio?: boolean;
  /** Frames between key frames; 30 are a second. */
  readonly gop?: number;
  /** Output options, such as `-b:v`. */
  readonly more?: readonly string[];
}

export interface Encoder {
  readonly child: Child;
  /** What it wrote to standard error. */
  words(): string;
}

/** A real FFmpeg that publishes a picture and a tone in real time until it is stopped. */
export async function startEncoder(options: EncoderOptions): Promise<Encoder> {
  const { port, key, app = 'live', video = true, audio = true, gop = 30, more = [] } = options;
  const args = ['-v', 'info', '-nostdin', '-re'];
  if (video) args.push('-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30');
  if (audio) args.push('-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000');
  if (video) args.push('-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(gop));
  if (video) args.push('-pix_fmt', 'yuv420p');
  if (audio) args.push('-c:a', 'aac');
  let words = '';
  const child = await Child.start({
    name: 'FFmpeg',
    file: 'ffmpeg',
    args: [...args, ...more, '-f', 'flv', `rtmp://127.0.0.1:${port}/${app}/${key}`],
    onWords: (text) => {
      words += text;
    },
  });
  return { child, words: () => words };
}
