import type { SourceReport } from '@spillway/protocol';

/** A stream of an input, as FFmpeg's log shows it. */
export interface LoggedStream {
  readonly kind: 'video' | 'audio';
  /** FFmpeg's name, such as `h264`. */
  readonly codec: string;
  readonly profile?: string;
  /** Pixels, where they are known. */
  readonly width?: number;
  readonly height?: number;
}

/** `  Stream #0:1[0x101](und): Audio: aac (LC) ([15][0][0][0] / 0x000F), 48000 Hz, …` */
const STREAM = /^\s*Stream #\d+:\d+(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: (Video|Audio): ([a-z0-9_]+)(.*)$/i;
const COVER = /\((attached pic|still image|timed thumbnails)\)/;

/** Reads a line of FFmpeg's log (level info) that shows a stream; undefined for other lines and for covers of music. */
export function readStreamLine(line: string): LoggedStream | undefined {
  const [, kind, codec, rest = ''] = STREAM.exec(line) ?? [];
  if (kind === undefined || codec === undefined || COVER.test(rest)) return undefined;
  const profile = profileOf(rest);
  const named = { codec, ...(profile === undefined ? {} : { profile }) };
  if (kind.toLowerCase() === 'audio') return { kind: 'audio', ...named };
  const [, width, height] = /, (\d{1,5})x(\d{1,5})\b/.exec(rest) ?? [];
  if (width === undefined || height === undefined) return { kind: 'video', ...named };
  return { kind: 'video', ...named, width: Number(width), height: Number(height) };
}

/** The first parenthesis behind the codec that is neither a tag (`avc1 / 0x31637661`) nor the name of a decoder, which is in small letters. */
function profileOf(rest: string): string | undefined {
  const [, parentheses = ''] = /^((?: \([^)]*\))*)/.exec(rest) ?? [];
  return [...parentheses.matchAll(/\(([^)]*)\)/g)]
    .map(([, text = '']) => text)
    .find((text) => !text.includes(' / 0x') && /^[A-Z0-9]/.test(text));
}

/** Why an input is no longer what it was when it was examined, in words; undefined when it is. */
export function differsFromPlan(streams: readonly LoggedStream[], report: SourceReport): string | undefined {
  for (const [kind, word] of [
    ['video', 'picture'],
    ['audio', 'sound'],
  ] as const) {
    const [now, before] = [
      streams.find((one) => one.kind === kind),
      report.streams.find((one) => one.kind === kind),
    ];
    if (!now && !before) continue;
    if (!now) return `The input has no ${word} any more`;
    if (!before) return `The input has a ${word} now`;
    if (now.codec !== before.codec) return `The ${word} is ${now.codec} now, and was ${before.codec}`;
    if (now.profile && before.profile && now.profile !== before.profile) {
      return `The ${word} has the profile ${now.profile} now, and had ${before.profile}`;
    }
    if (
      before.kind === 'video' &&
      now.width &&
      (now.width !== before.width || now.height !== before.height)
    ) {
      return `The picture is ${now.width}x${now.height} now, and was ${before.width}x${before.height}`;
    }
  }
  return undefined;
}

/**
 * Follows FFmpeg's log, line by line and through many runs, and says once in a run, when all streams of its first input
 * are known, why they are not those of the report.
 */
export function misfitReader(report: SourceReport): (line: string) => string | undefined {
  let streams: LoggedStream[] | undefined;
  return (line) => {
    if (/^Input #0,/.test(line)) streams = [];
    else if (/^(Input #|Output #|Stream mapping:)/.test(line) && streams) {
      const seen = streams;
      streams = undefined;
      return differsFromPlan(seen, report);
    } else if (streams) {
      const stream = readStreamLine(line);
      if (stream) streams.push(stream);
    }
    return undefined;
  };
}
