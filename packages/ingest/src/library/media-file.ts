import { compileCheck } from '@spillway/protocol';
import { type Static, Type } from 'typebox';

/** What is in a video file. */
export interface MediaFile {
  /** Seconds; where it is known. */
  readonly duration?: number | undefined;
  /** Its first timestamp, in seconds. */
  readonly start: number;
  readonly video?: FileVideo | undefined;
  readonly audio?: FileAudio | undefined;
}

interface FileVideo {
  readonly index: number;
  readonly codec: string;
  readonly profile: string;
  readonly pixelFormat: string;
  /** Pixels, as it is shown: turned and with square pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second; 0 where unknown. */
  readonly frameRate: number;
  readonly bFrames: boolean;
  /** Timestamp of its first picture, in seconds. */
  readonly start: number;
}

interface FileAudio {
  readonly index: number;
  readonly codec: string;
  readonly profile: string;
  /** Hertz. */
  readonly sampleRate: number;
  readonly channels: number;
}

const text = Type.Optional(Type.String());
const whole = Type.Optional(Type.Integer({ minimum: 0 }));

/** What ffprobe writes as JSON, as far as it is looked at. */
const Probe = Type.Object({
  format: Type.Object({ start_time: text, duration: text }),
  streams: Type.Array(
    Type.Object({
      index: Type.Integer({ minimum: 0 }),
      codec_type: text,
      codec_name: text,
      profile: text,
      pix_fmt: text,
      width: whole,
      height: whole,
      sample_aspect_ratio: text,
      avg_frame_rate: text,
      r_frame_rate: text,
      has_b_frames: whole,
      start_time: text,
      sample_rate: text,
      channels: whole,
      disposition: Type.Optional(Type.Object({ attached_pic: whole })),
      side_data_list: Type.Optional(Type.Array(Type.Object({ rotation: Type.Optional(Type.Number()) }))),
    }),
  ),
});
const checkProbe = compileCheck(Probe);
type Stream = Static<typeof Probe>['streams'][number];

/** Arguments of ffprobe that make it write what `readMediaFile` reads. */
export const MEDIA_FILE_ARGS = ['-show_format', '-show_streams', '-of', 'json'];

/** Reads what ffprobe wrote; undefined when it makes no sense. */
export function readMediaFile(json: string): MediaFile | undefined {
  const checked = checkProbe(parsed(json));
  if (!checked.ok) return undefined;
  const { format, streams } = checked.value;
  const video = streams.find((stream) => stream.codec_type === 'video' && !stream.disposition?.attached_pic);
  const audio = streams.find((stream) => stream.codec_type === 'audio' && stream.codec_name);
  const start = seconds(format.start_time) ?? 0;
  return {
    duration: seconds(format.duration),
    start,
    ...(video ? { video: readVideo(video, start) } : {}),
    ...(audio ? { audio: readAudio(audio) } : {}),
  };
}

function readVideo(stream: Stream, fileStart: number): FileVideo {
  const { width = 0, height = 0 } = stream;
  const shown = Math.round(width * (ratio(stream.sample_aspect_ratio, ':') || 1));
  const turned = stream.side_data_list?.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90);
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    profile: stream.profile ?? '',
    pixelFormat: stream.pix_fmt ?? '',
    ...(turned ? { width: height, height: shown } : { width: shown, height }),
    frameRate: ratio(stream.avg_frame_rate, '/') || ratio(stream.r_frame_rate, '/'),
    bFrames: (stream.has_b_frames ?? 0) > 0,
    start: seconds(stream.start_time) ?? fileStart,
  };
}

function readAudio(stream: Stream): FileAudio {
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    profile: stream.profile ?? '',
    sampleRate: seconds(stream.sample_rate) ?? 0,
    channels: stream.channels ?? 0,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function seconds(value: string | undefined): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** Such as `30000/1001`; 0 where it is none. */
function ratio(value: string | undefined, by: '/' | ':'): number {
  const [above = 0, below = 0] = (value ?? '').split(by).map(Number);
  return above > 0 && below > 0 ? above / below : 0;
}
