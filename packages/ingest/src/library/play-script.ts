import { fileUrl } from './file-args.ts';
import type { Timeline } from './timeline.ts';

/*
 * FFmpeg's own looping (-stream_loop) shifts each round by the longest stream it has decoded, loses the pictures before the
 * first point that it can seek to (MPEG-TS), and counts a start position twice. So rounds are files of an ffconcat script, each
 * with the exact time at which the next begins: the same for picture and sound, which therefore stay together for ever.
 */

export interface PlayItem {
  /** Real, absolute path, without control characters. */
  readonly path: string;
  readonly timeline: Timeline;
}

/** FFmpeg keeps some hundred bytes for each file named and 1.5 kB for each played. */
const MAX_ENTRIES = 40_000;
const MAX_SECONDS = 30 * 86_400;

/** How often a looped list stands in the script. It lasts hours for files of a second, and 30 days for others. */
export function roundsOf(items: readonly PlayItem[]): number {
  const round = items.reduce((sum, item, at) => sum + seconds(item, items[(at + 1) % items.length]), 0);
  return Math.max(1, Math.min(Math.floor(MAX_ENTRIES / items.length), Math.ceil(MAX_SECONDS / round)));
}

/** The ffconcat script that plays a list so many times over, in pieces. */
export function* playScript(items: readonly PlayItem[], rounds: number): Generator<string> {
  const round = items.map((item, at) => entry(item, items[(at + 1) % items.length])).join('');
  yield 'ffconcat version 1.0\n';
  for (let count = 0; count < rounds; count += 1) yield round;
}

function entry(item: PlayItem, next: PlayItem | undefined): string {
  const { cut } = item.timeline;
  const file = fileUrl(item.path).replaceAll("'", `'\\''`);
  const end = cut === undefined ? '' : `outpoint ${cut.toFixed(6)}\n`;
  return `file '${file}'\n${end}duration ${seconds(item, next).toFixed(6)}\n`;
}

/** From the begin of a file to that of the next: its first picture follows on the last one here. */
function seconds({ timeline }: PlayItem, next: PlayItem | undefined): number {
  const lead = next ? next.timeline.videoStart - next.timeline.start : 0;
  return Math.max(0.04, timeline.end - timeline.start - lead);
}
