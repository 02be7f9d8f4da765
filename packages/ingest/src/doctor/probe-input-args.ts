/* ffprobe knows the options of protocols, formats and codecs, but not those of the program ffmpeg. */

const FLAGS = new Set([
  '-re',
  '-nostdin',
  '-copyts',
  '-start_at_zero',
  '-accurate_seek',
  '-noaccurate_seek',
  '-y',
]);

const WITH_VALUE = new Set([
  ...['-stream_loop', '-ss', '-sseof', '-t', '-to', '-itsoffset', '-itsscale', '-readrate'],
  ...['-readrate_initial_burst', '-readrate_catchup', '-thread_queue_size', '-seek_timestamp', '-isync'],
  ...['-hwaccel', '-hwaccel_device', '-hwaccel_output_format', '-discard', '-dts_delta_threshold'],
  ...['-dts_error_threshold', '-threads'],
]);

/** The arguments of an input for ffmpeg, as ffprobe takes them. */
export function probeInputArgs(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '-i') return [...kept, ...args.slice(at)];
    if (FLAGS.has(arg)) continue;
    if (WITH_VALUE.has(arg)) at += 1;
    else kept.push(arg);
  }
  return kept;
}
