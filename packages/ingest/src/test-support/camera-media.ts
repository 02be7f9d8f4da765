import { execFile } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/*
 * What cameras send, as files that FFmpeg makes: 640x360 at 25 frames per second with a clock in the picture and a tone.
 * Ten seconds are encoded and repeated without encoding, so that a long file costs no CPU.
 */

/** `h264-b-frames` has two B-frames in a row, which browsers cannot play; `h264-small` has 320x180 pixels. */
export type CameraMedia = 'h264' | 'h264-small' | 'h264-b-frames' | 'h265' | 'mjpeg' | 'h264-pcmu';

interface Recipe {
  /** Pixels. Default 640x360. */
  readonly size?: string;
  readonly video: readonly string[];
  readonly audio: readonly string[];
  /** How gst-launch makes RTP of the streams. */
  readonly payloaders: { readonly video: string; readonly audio?: string };
}

const FRAMES_PER_SECOND = 25;
const ENCODED_SECONDS = 10;
/** Ten minutes in all. */
const REPEATS = 59;

const gop = ['-g', `${FRAMES_PER_SECOND}`, '-keyint_min', `${FRAMES_PER_SECOND}`];
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '400k', '-sc_threshold', '0', ...gop];
const baseline = [...x264, '-profile:v', 'baseline', '-bf', '0'];
const aac = ['-c:a', 'aac', '-b:a', '64k', '-ar', '48000', '-ac', '2'];
const payH264 = 'h264parse config-interval=-1 ! rtph264pay pt=96 config-interval=-1 aggregate-mode=none';
const payAac = 'aacparse ! rtpmp4gpay pt=97';

const recipes: Readonly<Record<CameraMedia, Recipe>> = {
  h264: { video: baseline, audio: aac, payloaders: { video: payH264, audio: payAac } },
  'h264-small': {
    size: '320x180',
    video: baseline,
    audio: aac,
    payloaders: { video: payH264, audio: payAac },
  },
  'h264-b-frames': {
    video: [...x264, '-profile:v', 'main', '-bf', '2'],
    audio: aac,
    payloaders: { video: payH264, audio: payAac },
  },
  h265: {
    video: [
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-b:v', '400k', '-tag:v', 'hvc1'],
      ...['-x265-params', `keyint=${FRAMES_PER_SECOND}:min-keyint=${FRAMES_PER_SECOND}:log-level=error`],
    ],
    audio: aac,
    payloaders: {
      video: 'h265parse config-interval=-1 ! rtph265pay pt=96 config-interval=-1',
      audio: payAac,
    },
  },
  // RTP carries no Huffman tables (RFC 2435): the standard ones must be in use.
  mjpeg: {
    video: ['-c:v', 'mjpeg', '-q:v', '12', '-huffman', 'default', '-pix_fmt', 'yuvj420p'],
    audio: ['-an'],
    payloaders: { video: 'jpegparse ! rtpjpegpay pt=26' },
  },
  'h264-pcmu': {
    video: baseline,
    audio: ['-c:a', 'pcm_mulaw', '-ar', '8000', '-ac', '1'],
    payloaders: { video: payH264, audio: 'audio/x-mulaw ! rtppcmupay pt=0' },
  },
};

const files = new Map<CameraMedia, Promise<string>>();

/** The file of one kind of media, made at its first use. Other processes of this user can open it while this one lives. */
function cameraFile(media: CameraMedia): Promise<string> {
  const file = files.get(media) ?? make(media);
  files.set(media, file);
  return file;
}

/** How gst-rtsp-server serves it: a description for gst-launch. */
export async function cameraLaunch(media: CameraMedia): Promise<string> {
  const { video, audio } = recipes[media].payloaders;
  const branches = [`d. ! queue ! ${video} name=pay0`];
  if (audio) branches.push(`d. ! queue ! ${audio} name=pay1`);
  return `( filesrc location="${await cameraFile(media)}" ! qtdemux name=d ${branches.join(' ')} )`;
}

async function make(media: CameraMedia): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-camera-'));
  try {
    const short = join(folder, 'short.mov');
    const long = join(folder, 'long.mov');
    const { video, audio, size = '640x360' } = recipes[media];
    const picture = `testsrc2=size=${size}:rate=${FRAMES_PER_SECOND}:duration=${ENCODED_SECONDS},format=yuv420p`;
    const tone = `sine=frequency=440:sample_rate=48000:duration=${ENCODED_SECONDS}`;
    const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', tone];
    await ffmpeg([...inputs, ...video, ...audio, short]);
    await ffmpeg(['-stream_loop', `${REPEATS}`, '-i', short, '-map', '0', '-c', 'copy', long]);
    // Open and without a name: nothing has to be removed, however this process ends.
    return `/proc/${process.pid}/fd/${openSync(long, 'r')}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-threads', '2', ...args], { timeout: 120_000 });
}
