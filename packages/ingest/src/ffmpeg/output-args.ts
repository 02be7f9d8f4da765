import type {
  AudioPlan,
  InputVideo,
  PlannedPicture,
  RtpInput,
  VideoPlan,
  VideoSettings,
} from '@spillway/protocol';
import { opusArgs } from './encoders.ts';
import { rtpOutputArgs } from './rtp-output.ts';
import { isTranscoder, type Transcoder, transcoderArgs } from './transcoders.ts';
import type { FfmpegVersion } from './version.ts';
import { graphOutput, videoGraph } from './video-graph.ts';

export interface OutputOptions {
  readonly video?: VideoPlan | undefined;
  readonly audio?: AudioPlan | undefined;
  /** Where the pictures go, the lowest layer first and the top picture last; as many as the plan has. */
  readonly videoOutputs: readonly RtpInput[];
  /** Where the sound goes. */
  readonly audioOutput?: RtpInput | undefined;
  /** What comes in, as examined. */
  readonly inputVideo?: InputVideo | undefined;
  /** FFmpeg's name of the format that comes in, such as `rtsp`. Default: one that is described by an SDP. */
  readonly format?: string | undefined;
  /** As the plan was made with; for the interval of key frames and the preset. */
  readonly settings?: VideoSettings | undefined;
  /** Wall clock at the start, in microseconds since 1970, which all sender reports refer to. */
  readonly startTimeUs: number;
  /** FFmpeg's version. Default: one that knows `-fps_mode`. */
  readonly version?: FfmpegVersion | undefined;
  /** Device of the encoder h264_vaapi. Default `/dev/dri/renderD128`. */
  readonly vaapiDevice?: string | undefined;
}

/*
 * What browsers need of a copied H264: Annex B instead of MP4's form, and the parameter sets before each key frame.
 * Containers carry them in the stream or where the first filter finds them, also when they change. An SDP carries them
 * apart, once: those are put before each key frame that does not begin with them, which needs the delimiters (type 9)
 * gone. Supplements (6) and filler (12) only cost bandwidth.
 */
const COPIED_H264 = 'h264_mp4toannexb,filter_units=remove_types=6|9|12';
const SETS_OF_SDP = 'dump_extra=freq=keyframe';

/** Formats of FFmpeg that are described by an SDP. */
const BY_SDP = ['rtsp', 'sdp', 'rtp'];

/** Fills gaps and follows the timestamps, so that the sound stays with the picture. */
const FOLLOW_TIMESTAMPS = 'aresample=async=1000';

/** FFmpeg's arguments after its input: one RTP output for each picture and one for the sound, copied or encoded. */
export function outputArgs(options: OutputOptions): string[] {
  return [...videoArgs(options), ...audioArgs(options)];
}

function videoArgs(options: OutputOptions): string[] {
  const { video, videoOutputs, inputVideo, settings, startTimeUs, version } = options;
  const { format = 'sdp' } = options;
  const pictures = encodedPictures(video);
  const [encoded, copied] = [videoOutputs.slice(0, pictures.length), videoOutputs.slice(pictures.length)];
  if (!video || video.action === 'drop') return [];
  const encoder = isTranscoder(video.encoder) ? video.encoder : 'libx264';
  const args: string[] = [];
  if (encoded.length > 0) {
    args.push(...deviceArgs(encoder, options.vaapiDevice));
    args.push('-filter_complex', videoGraph(pictures.slice(0, encoded.length), encoder, inputVideo));
  }
  for (const [index, output] of encoded.entries()) {
    const picture = pictures[index];
    if (!picture) continue;
    const { keyFrameSeconds, preset } = settings ?? {};
    args.push('-map', graphOutput(index), ...transcoderArgs(encoder, { picture, keyFrameSeconds, preset }));
    args.push(...passthrough(version), ...keepTimestamps, ...rtpOutputArgs(output, { startTimeUs }));
  }
  const top = video.action === 'copy' ? copied[0] : undefined;
  if (top) {
    const filters = BY_SDP.includes(format) ? `${COPIED_H264},${SETS_OF_SDP}` : COPIED_H264;
    args.push('-map', '0:V:0', '-c:v', 'copy', ...(video.codec === 'H264' ? ['-bsf:v', filters] : []));
    args.push(...keepTimestamps, ...rtpOutputArgs(top, { startTimeUs }));
  }
  return args;
}

function audioArgs({ audio, audioOutput, startTimeUs }: OutputOptions): string[] {
  if (!audio || !audioOutput || audio.action === 'drop') return [];
  const how =
    audio.action === 'copy' ? ['-c:a', 'copy'] : ['-filter:a', FOLLOW_TIMESTAMPS, ...opusArgs(audio.bitrate)];
  return ['-map', '0:a:0', ...how, ...keepTimestamps, ...rtpOutputArgs(audioOutput, { startTimeUs })];
}

/** Lowest first. */
function encodedPictures(video: VideoPlan | undefined): PlannedPicture[] {
  if (!video) return [];
  const top = video.action === 'transcode' && video.picture ? [video.picture] : [];
  return [...video.layers, ...top];
}

/** Otherwise an output whose first timestamp is below zero would be moved, and only that one. */
const keepTimestamps = ['-avoid_negative_ts', 'disabled'];

/** No frame is doubled or left out to make the rate even. */
function passthrough(version: FfmpegVersion | undefined): string[] {
  const isOld = version && (version.major < 5 || (version.major === 5 && version.minor < 1));
  return [isOld ? '-vsync' : '-fps_mode', 'passthrough'];
}

function deviceArgs(encoder: Transcoder, device = '/dev/dri/renderD128'): string[] {
  if (encoder !== 'h264_vaapi') return [];
  return ['-init_hw_device', `vaapi=encoder:${device}`, '-filter_hw_device', 'encoder'];
}
