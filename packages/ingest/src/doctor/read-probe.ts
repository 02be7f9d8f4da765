import type { InputAudio, InputVideo } from '@spillway/protocol';
import type { Examination, ExaminedAudio, ExaminedVideo } from './examination.ts';
import type { ProbeOutput, ProbePacket, ProbeStream } from './probe-output.ts';
import { isReordered, longestKeyFrameInterval, seconds, showingTimes, timingOf } from './timing.ts';

const MAX_STREAMS = 16;
/** Above this a declared rate is the clock of the timestamps, not of pictures. */
const MAX_FRAME_RATE = 240;
/** Below this many seconds the bits are not worth a rate. */
const MIN_SPAN = 0.2;

/** What ffprobe's output tells of an input; undefined when there is neither picture nor sound in it. */
export function readProbe({ packets = [], streams = [], format }: ProbeOutput): Examination | undefined {
  const media = streams.filter(({ codec_type, disposition }) => {
    return (codec_type === 'video' && !disposition?.attached_pic) || codec_type === 'audio';
  });
  const examined = media.slice(0, MAX_STREAMS).map((stream) => {
    const own = packets.filter(({ stream_index }) => stream_index === stream.index);
    return stream.codec_type === 'audio' ? examineAudio(stream, own) : examineVideo(stream, own);
  });
  if (examined.length === 0) return undefined;
  const formatName = format?.format_name ?? 'unknown';
  const spans = examined.map(({ timing }) => timing.span);
  return {
    format: formatName.slice(0, 128),
    duration: formatName === 'rtsp' ? undefined : positive(seconds(format?.duration)),
    seconds: Math.max(...spans),
    video: examined.find((stream) => stream.kind === 'video'),
    audio: examined.find((stream) => stream.kind === 'audio'),
    streams: examined.map((stream) => (stream.kind === 'video' ? inputVideo(stream) : inputAudio(stream))),
  };
}

function examineVideo(stream: ProbeStream, packets: readonly ProbePacket[]): ExaminedVideo {
  const times = showingTimes(packets);
  const pace = paceOf(times);
  const { width = 0, height = 0, field_order } = stream;
  const frameRate = frameRateOf(stream, pace.rate);
  const keyFrameSeconds = longestKeyFrameInterval(packets);
  const bitrate = bitrateOf(stream, packets);
  return {
    kind: 'video',
    codec: stream.codec_name ?? 'unknown',
    ...profileOf(stream),
    width,
    height,
    ...(stream.pix_fmt === undefined ? {} : { pixelFormat: stream.pix_fmt.slice(0, 64) }),
    ...(frameRate === undefined ? {} : { frameRate }),
    bFrames: (stream.has_b_frames ?? 0) > 0 || isReordered(packets),
    interlaced: field_order !== undefined && ['tt', 'bb', 'tb', 'bt'].includes(field_order),
    ...(keyFrameSeconds === undefined ? {} : { keyFrameSeconds }),
    ...(bitrate === undefined ? {} : { bitrate }),
    variableFrameRate: pace.variable,
    rotation: rotationOf(stream),
    pixelAspect: ratio(stream.sample_aspect_ratio) ?? 1,
    timing: timingOf(packets),
  };
}

function examineAudio(stream: ProbeStream, packets: readonly ProbePacket[]): ExaminedAudio {
  const bitrate = bitrateOf(stream, packets);
  return {
    kind: 'audio',
    codec: stream.codec_name ?? 'unknown',
    ...profileOf(stream),
    sampleRate: Math.round(positive(seconds(stream.sample_rate)) ?? 0),
    channels: Math.max(0, stream.channels ?? 0),
    ...(bitrate === undefined ? {} : { bitrate }),
    timing: timingOf(packets),
  };
}

/** Without what a report does not show. */
function inputVideo(video: ExaminedVideo): InputVideo {
  const { variableFrameRate: _, rotation: __, pixelAspect: ___, timing: ____, ...input } = video;
  return input;
}

function inputAudio({ timing: _, ...input }: ExaminedAudio): InputAudio {
  return input;
}

/** What was declared, unless the pictures clearly come at another rate. */
function frameRateOf(stream: ProbeStream, seen: number | undefined): number | undefined {
  const declared = [stream.avg_frame_rate, stream.r_frame_rate]
    .map((text) => ratio(text))
    .find((rate) => rate !== undefined && rate <= MAX_FRAME_RATE);
  if (declared === undefined) return seen === undefined ? undefined : rounded(seen);
  const differs = seen !== undefined && Math.abs(seen / declared - 1) > 0.2;
  return rounded(differs ? seen : declared);
}

/** The rate that pictures come at, and whether it changes. `times` in order. */
function paceOf(times: readonly number[]): { rate?: number; variable: boolean } {
  const [first = 0, last = 0] = [times.at(0), times.at(-1)];
  if (times.length < 5 || last - first < MIN_SPAN) return { variable: false };
  const intervals = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const median = intervals.toSorted((one, other) => one - other)[Math.floor(intervals.length / 2)] ?? 0;
  const odd = intervals.filter((interval) => interval > median * 1.6 || interval < median * 0.4);
  return { rate: (times.length - 1) / (last - first), variable: odd.length > intervals.length * 0.1 };
}

function bitrateOf(stream: ProbeStream, packets: readonly ProbePacket[]): number | undefined {
  const { span } = timingOf(packets);
  if (span < MIN_SPAN) return positive(seconds(stream.bit_rate));
  const bytes = packets.reduce((sum, { size }) => sum + (seconds(size) ?? 0), 0);
  // The last packet lasts as long as the others.
  return Math.round((bytes * 8 * (packets.length - 1)) / packets.length / span);
}

function profileOf({ profile }: ProbeStream): { profile?: string } {
  return profile === undefined || profile === 'unknown' || profile === ''
    ? {}
    : { profile: profile.slice(0, 64) };
}

function rotationOf({ side_data_list = [] }: ProbeStream): number {
  const turned = side_data_list.find(({ rotation }) => rotation)?.rotation ?? 0;
  return (((Math.round(turned / 90) * 90) % 360) + 360) % 360;
}

/** `30000/1001` or `16:15`; undefined where it tells nothing. */
function ratio(text: string | undefined): number | undefined {
  const [over, under] = (text ?? '').split(/[/:]/).map(Number);
  return over && under && over > 0 && under > 0 ? over / under : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** To a thousandth, as 29.97. */
function rounded(rate: number): number {
  return Math.round(rate * 1000) / 1000;
}
