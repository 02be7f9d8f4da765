import type { RtpInput } from '@spillway/protocol';
import { opusArgs, videoEncoderArgs } from './encoders.ts';
import { escapeDrawText, filterValue } from './escape.ts';
import { PATTERN_CLOCK } from './pattern-clock.ts';
import { rtpOutputArgs } from './rtp-output.ts';

export interface TestPatternOptions {
  /** Where the video goes; its codec must be H264 or VP8. */
  readonly video: RtpInput;
  readonly audio: RtpInput;
  /** Shown beside the clock. */
  readonly title: string;
  /** Pixels. Default 1280 by 720. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Frames per second. Default 30. */
  readonly frameRate?: number | undefined;
  /** Bits per second. Default 1500000. */
  readonly bitrate?: number | undefined;
  /** Whether to draw the title and the readable clock, which needs a font. Default true. */
  readonly text?: boolean | undefined;
}

/** FFmpeg's arguments for the test pattern: a moving picture, a clock to read and one for machines, a quiet tone. */
export function testPatternArgs(options: TestPatternOptions): string[] {
  const { video, audio, title, text = true } = options;
  const { width = 1280, height = 720, frameRate = 30, bitrate = 1_500_000 } = options;
  const codec = video.codec === 'VP8' ? 'VP8' : 'H264';
  return [
    ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${frameRate}`],
    ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=220:beep_factor=4:sample_rate=48000'],
    ...['-map', '0:v', '-filter_threads', '1', '-vf', patternFilters(frameRate, text ? title : undefined)],
    ...videoEncoderArgs({ codec, width, height, frameRate, bitrate, keyFrameInterval: 0.5 }),
    ...rtpOutputArgs(video),
    ...['-map', '1:a', '-af', 'volume=0.25', ...opusArgs()],
    ...rtpOutputArgs(audio),
  ];
}

/**
 * The filters that draw the clocks on a picture.
 *
 * Frames get the wall clock as their time stamp while the clocks are drawn, then an even one again. `title` undefined: no text.
 */
export function patternFilters(frameRate: number, title: string | undefined): string {
  return [
    'format=yuv420p,settb=1/1000000,setpts=time(0)*1000000',
    ...(title === undefined ? [] : [clockText(title)]),
    ...clockCells(),
    `setpts=N/${frameRate}/TB`,
  ].join(',');
}

/** FFmpeg's last words, when it ended because it cannot draw text: a build without it, or a machine without a font. */
export function cannotDrawText(lastWords: readonly string[]): boolean {
  return lastWords.some((line) => /No such filter: 'drawtext'|Cannot find a valid font/.test(line));
}

function clockText(title: string): string {
  const clock = '%{pts:localtime:0:%H\\:%M\\:%S}.%{eif:mod(floor(t*10),10):d}';
  const text = filterValue(`${escapeDrawText(title)}  ${clock}`);
  return `drawtext=text=${text}:x=w*0.03:y=h*0.82:fontsize=h/14:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=10`;
}

/** One box for the row in black, and one for each cell that is white, while its bit is set. */
function clockCells(): string[] {
  const { columns, rows, start, timeBits, checkBits } = PATTERN_CLOCK;
  const shifted = (bit: number) => `floor(t*1000/${2 ** bit})`;
  const time = range(timeBits).map((bit) => `mod(${shifted(bit)},2)`);
  const check = range(checkBits).map((bit) => {
    const column = range(timeBits / checkBits).map((nibble) => shifted(nibble * checkBits + bit));
    return `mod(${column.join('+')},2)`;
  });
  const cells = [...start.map(String), ...time.reverse(), ...check.reverse()];
  const height = `h=ih/${rows}:t=fill`;
  const white = cells.flatMap((enable, cell) => {
    if (enable === '0') return [];
    const x = `iw*${cell}/${columns}`;
    return `drawbox=x=${x}:y=0:w=iw*${cell + 1}/${columns}-${x}:${height}:c=white:enable='${enable}'`;
  });
  return [`drawbox=x=0:y=0:w=iw*${cells.length}/${columns}:${height}:c=black`, ...white];
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
