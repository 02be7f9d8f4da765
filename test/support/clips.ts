import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { TestServer } from './server.ts';

const run = promisify(execFile);

/** Sides of the mark in the upper left corner. Pixels of a clip that is 320 wide; in others in proportion. */
export const MARK = 48;

export interface Clip {
  /** Below the library; the ending decides on the container. */
  readonly path: string;
  /** Default 3.2. */
  readonly seconds?: number;
  /** Default 320x180. */
  readonly size?: string;
  /** Colour of the mark in the first second; later it is black. Default `white`. */
  readonly mark?: 'white' | 'red' | 'blue';
  /** FFmpeg's options. Default: H264 as browsers play it, and AAC. */
  readonly codecs?: readonly string[];
}

const GOP = ['-g', '25', '-keyint_min', '25', '-sc_threshold', '0'];

/** Codecs of clips, as options of FFmpeg. */
export const clipCodecs = {
  h264Aac: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', ...GOP, '-c:a', 'aac', '-ar', '48000'],
  bFramesMp3: [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-bf',
    '2',
    ...GOP,
    '-c:a',
    'libmp3lame',
    '-ar',
    '44100',
  ],
  vp8Opus: [
    '-c:v',
    'libvpx',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-b:v',
    '300k',
    '-g',
    '25',
    '-c:a',
    'libopus',
  ],
} as const;

/** Makes a clip in the server's library: a moving picture of 25 frames per second with a mark at its beginning, and a tone. */
export async function makeClip(server: TestServer, clip: Clip): Promise<void> {
  const { path, seconds = 3.2, size = '320x180', mark = 'white', codecs = clipCodecs.h264Aac } = clip;
  const file = join(server.library, path);
  await mkdir(dirname(file), { recursive: true });
  const box = (color: string, when: string) =>
    `drawbox=x=0:y=0:w=iw*${MARK / 320}:h=iw*${MARK / 320}:t=fill:color=${color}:enable='${when}'`;
  const picture = [
    `testsrc2=size=${size}:rate=25:duration=${seconds}`,
    box(mark, 'lt(t,1)'),
    box('black', 'gte(t,1)'),
  ];
  const inputs = [
    ...['-f', 'lavfi', '-i', picture.join(',')],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
  ];
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-y',
    ...inputs,
    '-pix_fmt',
    'yuv420p',
    ...codecs,
    '-ac',
    '2',
    file,
  ];
  await run('ffmpeg', args, { timeout: 60_000 });
}
