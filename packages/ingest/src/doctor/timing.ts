import type { Timing } from './examination.ts';
import type { ProbePacket } from './probe-output.ts';

/** Seconds. */
const JUMP = 1;

/** Judges the timestamps of one stream's packets, which are in the order of decoding. */
export function timingOf(packets: readonly ProbePacket[]): Timing {
  let [missing, backwards, jumps, lasting] = [0, 0, 0, 0];
  let start: number | undefined;
  let last: { readonly at: number; readonly duration: number } | undefined;
  let allLast = true;
  for (const packet of packets) {
    const at = decodingTime(packet);
    if (at === undefined) {
      missing += 1;
      continue;
    }
    if (last && at <= last.at) backwards += 1;
    if (last && at - last.at - last.duration > JUMP) jumps += 1;
    start ??= at;
    lasting += last?.duration ?? 0;
    last = { at, duration: seconds(packet.duration_time) ?? 0 };
    allLast &&= last.duration > 0;
  }
  const span = start === undefined || !last ? 0 : Math.max(0, last.at - start);
  const isClear = allLast && lasting > 0 && backwards + jumps + missing === 0;
  return {
    packets: packets.length,
    start,
    span,
    missing,
    backwards,
    jumps,
    drift: isClear ? span / lasting - 1 : undefined,
  };
}

/** When each picture is shown, in the order of showing. */
export function showingTimes(packets: readonly ProbePacket[]): number[] {
  return packets
    .flatMap((packet) => seconds(packet.pts_time) ?? seconds(packet.dts_time) ?? [])
    .sort((one, other) => one - other);
}

/** Whether pictures are shown in another order than they are decoded in. */
export function isReordered(packets: readonly ProbePacket[]): boolean {
  let last: { readonly pts: number; readonly dts: number | undefined } | undefined;
  for (const packet of packets) {
    const [pts, dts] = [seconds(packet.pts_time), seconds(packet.dts_time)];
    if (pts === undefined) continue;
    if (last && pts < last.pts && last.pts - pts < JUMP) {
      // A clock that goes back takes both with it.
      const clockWentBack = dts !== undefined && last.dts !== undefined && dts <= last.dts;
      if (!clockWentBack) return true;
    }
    last = { pts, dts };
  }
  return false;
}

/** The longest time between two key frames, or since the last one where that is longer and above two seconds. */
export function longestKeyFrameInterval(packets: readonly ProbePacket[]): number | undefined {
  let [longest, key, latest]: (number | undefined)[] = [];
  for (const packet of packets) {
    const at = seconds(packet.pts_time) ?? seconds(packet.dts_time);
    if (at === undefined) continue;
    if (packet.flags?.startsWith('K')) {
      if (key !== undefined && at > key) longest = Math.max(longest ?? 0, at - key);
      key = at;
    }
    latest = at;
  }
  const since = key === undefined || latest === undefined ? 0 : latest - key;
  return since > 2 && since > (longest ?? 0) ? since : longest;
}

/** ffprobe's text of a number; undefined for `N/A`. */
export function seconds(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function decodingTime(packet: ProbePacket): number | undefined {
  return seconds(packet.dts_time) ?? seconds(packet.pts_time);
}
