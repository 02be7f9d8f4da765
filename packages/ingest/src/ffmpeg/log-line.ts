/** A line of FFmpeg's log, written with `-loglevel level+…`. */
export interface FfmpegLine {
  /** What it does not say counts as `info`. */
  readonly level: 'info' | 'warning' | 'error';
  /** Without level and memory addresses. */
  readonly text: string;
}

const LINE =
  /^(?:\[([^\]@]+?)(?: @ 0x[0-9a-f]+)?\] ?)?\[(quiet|panic|fatal|error|warning|info|verbose|debug|trace)\] (.*)$/;

/** What FFmpeg writes of inputs that are as they should be. */
const NOISE = [
  /Timestamps are unset in a packet for stream/,
  /Queue input is backward in time/,
  /deprecated pixel format used/,
  /Thread message queue blocking/,
  /Guessed Channel Layout/,
  /Finishing stream \d+:\d+ without any data written to it/,
  // A stream that is joined between two key frames.
  /non-existing PPS|decode_slice_header error|no frame!/,
];

/** Whether a line tells nobody anything. */
export function isNoise(text: string): boolean {
  return NOISE.some((pattern) => pattern.test(text));
}

/** Takes a line apart: `[rtsp @ 0x55d0] [error] method DESCRIBE failed` is an error of `rtsp`. */
export function readLogLine(line: string): FfmpegLine {
  const [, part, level, text = ''] = LINE.exec(line) ?? [];
  if (!level) return { level: 'info', text: line };
  const severe = level === 'error' || level === 'fatal' || level === 'panic';
  return {
    level: severe ? 'error' : level === 'warning' ? 'warning' : 'info',
    text: part ? `${part}: ${text}` : text,
  };
}
