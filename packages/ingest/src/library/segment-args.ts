import type { VideoSettings } from '@spillway/protocol';
import { bitrateFor } from '../doctor/pictures.ts';
import { fileUrl, guardArgs } from './file-args.ts';
import type { MediaFile } from './media-file.ts';

/** The form that files of unlike kinds are brought into. */
export interface CommonForm {
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  /** Frames per second, whole. */
  readonly frameRate: number;
  /** Bits per second. */
  readonly bitrate: number;
  readonly keyFrameSeconds?: number | undefined;
  readonly preset?: VideoSettings['preset'];
}

/** A file, as it is played in a list. */
export interface Segment {
  readonly path: string;
  /** Where it begins, in seconds from its start. */
  readonly from: number;
  /** How many frames of the common form it takes. */
  readonly frames: number;
  readonly sound: boolean;
  /** Frames of the common form before it. */
  readonly framesBefore: number;
}

const SAMPLE_RATE = 48_000;
/** Above this many pixels a second one thread of a small machine cannot be relied on. */
const PIXELS_PER_THREAD = 1920 * 1080 * 30;

/** The common form of files: the size of the largest picture and the highest frame rate, within the settings. */
export function commonForm(files: readonly MediaFile[], settings: VideoSettings = {}): CommonForm {
  const pictures = files.flatMap(({ video }) => (video ? [video] : []));
  const sizes = pictures.map(({ width, height }) => ({ width, height })).filter(({ height }) => height > 0);
  const largest = sizes.reduce((one, other) => (other.height > one.height ? other : one), {
    width: 16,
    height: 16,
    ...sizes[0],
  });
  const height = even(Math.min(largest.height, settings.height ?? 1080));
  const width = even((largest.width * height) / largest.height);
  const fastest = Math.max(...pictures.map(({ frameRate }) => frameRate || 25), 1);
  const frameRate = Math.max(1, Math.min(Math.round(fastest), settings.frameRate ?? 30));
  const bitrate = settings.bitrate ?? bitrateFor({ width, height }, frameRate);
  const { keyFrameSeconds, preset } = settings;
  return { width, height, frameRate, bitrate, keyFrameSeconds, preset };
}

/**
 * FFmpeg's arguments that turn a file into a piece of one stream in the common form: exactly so many frames, sound of
 * exactly that length, and timestamps that go on from the piece before. Pieces one after the other are one NUT stream.
 */
export function segmentArgs(segment: Segment, form: CommonForm): string[] {
  const { path, from, framesBefore } = segment;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-max_alloc', `${2 ** 29}`],
    ...(from > 0 ? ['-ss', from.toFixed(3)] : []),
    ...[...guardArgs(), '-i', fileUrl(path)],
    ...['-filter_complex', `${pictureGraph(segment, form)};${soundGraph(segment, form)}`, '-map', '[v]'],
    ...encoderArgs(form),
    // Each piece has its parameter sets where a receiver looks for them.
    ...['-flags:v', '-global_header', '-map', '[a]', '-c:a', 'pcm_s16le'],
    ...['-output_ts_offset', (framesBefore / form.frameRate).toFixed(6), '-f', 'nut', 'pipe:1'],
  ];
}

/** H264 that is copied from here on. By frames, because each piece has exactly its rate. */
function encoderArgs({
  width,
  height,
  frameRate,
  bitrate,
  keyFrameSeconds = 1,
  preset,
}: CommonForm): string[] {
  const threads = Math.min(4, Math.max(1, Math.ceil((width * height * frameRate) / PIXELS_PER_THREAD)));
  const interval = `${Math.max(1, Math.round(frameRate * keyFrameSeconds))}`;
  return [
    ...[
      '-c:v',
      'libx264',
      '-preset',
      preset ?? 'superfast',
      '-tune',
      'zerolatency',
      '-profile:v',
      'baseline',
    ],
    ...['-bf', '0', '-sc_threshold', '0', '-g', interval, '-keyint_min', interval, '-threads', `${threads}`],
    ...['-b:v', `${bitrate}`, '-maxrate', `${bitrate}`, '-bufsize', `${Math.round(bitrate / 2)}`],
    ...['-r', `${frameRate}`],
  ];
}

function pictureGraph({ frames }: Segment, { width, height, frameRate }: CommonForm): string {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:out_range=tv`;
  return [
    `[0:V:0]fps=${frameRate}:start_time=0,${fit}`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p`,
    // A file that is shorter than it says stands still for what is missing.
    `tpad=stop=-1:stop_mode=clone,trim=end_frame=${frames},setpts=N/${frameRate}/TB[v]`,
  ].join(',');
}

function soundGraph({ frames, sound }: Segment, { frameRate }: CommonForm): string {
  const source = sound
    ? `[0:a:0]aresample=${SAMPLE_RATE}:async=1000:first_pts=0`
    : `anullsrc=sample_rate=${SAMPLE_RATE}:channel_layout=stereo`;
  const samples = Math.round((frames * SAMPLE_RATE) / frameRate);
  return `${source},aformat=sample_fmts=s16:channel_layouts=stereo,apad,atrim=end_sample=${samples}[a]`;
}

function even(pixels: number): number {
  return Math.max(16, 2 * Math.round(pixels / 2));
}
