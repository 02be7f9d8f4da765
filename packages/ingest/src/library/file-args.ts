/*
 * How FFmpeg is given a file that somebody else may have made. Playlists (HLS, DASH, ffconcat, SDP) name further files and
 * addresses, and FFmpeg tells them by their content, whatever their names: only containers that hold all their media are
 * allowed.
 */

/** FFmpeg's demuxers of files that name no others. */
const SELF_CONTAINED = [
  ...['mov', 'matroska', 'mpegts', 'mpegtsraw', 'avi', 'flv', 'mpeg', 'mpegvideo', 'ogg', 'asf'],
  ...['h264', 'hevc', 'm4v', 'mxf', 'ivf', 'nut'],
];

/** Names of files that the library lists. */
const VIDEO_NAME = /\.(mp4|m4v|mov|mkv|webm|ts|mts|m2ts|avi|flv|mpg|mpeg|ogv|wmv|3gp)$/i;

/** Whether a name is that of a video file. */
export function isVideoName(name: string): boolean {
  return VIDEO_NAME.test(name);
}

/** Options of FFmpeg and ffprobe that come before the input: nothing but files, and pipes of ours. `script`: an ffconcat of ours names them. */
export function guardArgs({ script = false } = {}): string[] {
  const formats = script ? ['concat', ...SELF_CONTAINED] : SELF_CONTAINED;
  return ['-protocol_whitelist', 'file,pipe', '-format_whitelist', formats.join(',')];
}

/** The name of a file as FFmpeg takes it literally, whatever is in it. */
export function fileUrl(path: string): string {
  return `file:${path}`;
}
