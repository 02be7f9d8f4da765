import type { InputVideo, PlannedPicture } from '@spillway/protocol';
import type { Transcoder } from './transcoders.ts';

/** A part of a frame interval that a frame may come early and still be kept. */
const JITTER = 0.1;

/** The name of an encoded picture in the graph, for `-map`. */
export function graphOutput(index: number): string {
  return `[v${index}]`;
}

/** FFmpeg's filter graph that makes pictures of the first video of an input, which is decoded once for all. */
export function videoGraph(
  pictures: readonly PlannedPicture[],
  encoder: Transcoder,
  input: InputVideo | undefined,
): string {
  const before = input?.interlaced ? 'yadif=deint=interlaced,' : '';
  const branches = pictures.map((_, index) => `[b${index}]`).join('');
  const chains = pictures.map((picture, index) => {
    return `[b${index}]${pictureFilters(picture, encoder, input)}${graphOutput(index)}`;
  });
  return [`[0:V:0]${before}split=${pictures.length}${branches}`, ...chains].join(';');
}

function pictureFilters(picture: PlannedPicture, encoder: Transcoder, input: InputVideo | undefined): string {
  const { width, height, frameRate } = picture;
  const limit = input?.frameRate === undefined || input.frameRate > frameRate * 1.01;
  return [
    ...(limit && frameRate > 0 ? [dropFrames(frameRate)] : []),
    // Always, so that a change of the input's size in mid-stream does not change what viewers get.
    `scale=${width}:${height}:flags=bilinear:out_range=tv`,
    'setsar=1',
    ...(encoder === 'h264_vaapi' ? ['format=nv12', 'hwupload'] : ['format=yuv420p']),
  ].join(',');
}

/** Leaves out frames that follow too soon. It adds none and keeps the timestamps, unlike the filter `fps`. */
function dropFrames(frameRate: number): string {
  const interval = ((1 - JITTER) / frameRate).toFixed(6);
  return `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${interval})+lt(t,prev_selected_t)'`;
}
