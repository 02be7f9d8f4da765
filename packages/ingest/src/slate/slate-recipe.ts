import type { SlateSourceConfig } from '@spillway/protocol';
import { opusArgs, videoEncoderArgs } from '../ffmpeg/encoders.ts';
import { escapeDrawText, filterValue } from '../ffmpeg/escape.ts';
import { rtpOutputArgs } from '../ffmpeg/rtp-output.ts';
import { cannotDrawText } from '../ffmpeg/test-pattern.ts';
import type { Outputs, Recipe } from '../lifecycle/recipe.ts';
import { wrapText } from './wrap-text.ts';

/** The picture of a slate: a viewer who joins waits a second for it at most. */
export const SLATE = { width: 1280, height: 720, frameRate: 5, bitrate: 150_000 } as const;

const DEFAULT_TEXT = 'We will be right back';
const FONT_SIZE = 52;
const LINE_HEIGHT = 68;
/** Half an em each, with a margin. */
const LINE_UNITS = 44;

/**
 * The recipe of a slate: H264 and silent Opus, so that receivers need nothing new when it takes over. Its inputs are those
 * of `SlateOpener`. Without a font there is a picture without text.
 */
export function slateRecipe({ text, image }: SlateSourceConfig): Recipe {
  const shown = text ?? (image === undefined ? DEFAULT_TEXT : '');
  return {
    video: { codec: 'H264', layers: [SLATE] },
    audio: 'opus',
    outputArgs: (to, lastWords) => {
      const lines = cannotDrawText(lastWords) ? [] : wrapText(shown, LINE_UNITS);
      return slateArgs(to, lines, image !== undefined);
    },
  };
}

function slateArgs(to: Outputs, lines: readonly string[], image: boolean): string[] {
  const [video] = to.video;
  if (!video) throw new Error('A slate needs an output for video');
  const startTimeUs = Date.now() * 1000;
  return [
    ...['-filter_complex', slateGraph(lines, image), '-map', '[v]'],
    ...videoEncoderArgs({ ...SLATE, codec: 'H264', keyFrameInterval: 1 }),
    ...rtpOutputArgs(video, { startTimeUs }),
    ...(to.audio ? ['-map', '1:a', ...opusArgs(16_000), ...rtpOutputArgs(to.audio, { startTimeUs })] : []),
  ];
}

/** Exported for tests. */
export function slateGraph(lines: readonly string[], image: boolean): string {
  const { width, height } = SLATE;
  // The last frame of the image, its only one, stays: it is decoded and scaled once.
  const over = `[2:v]scale=${width}:${height}:force_original_aspect_ratio=decrease[i];[0:v][i]overlay=x=(W-w)/2:y=(H-h)/2`;
  const begin = image ? over : '[0:v]null';
  const top = image ? height - LINE_HEIGHT * (lines.length + 0.5) : (height - LINE_HEIGHT * lines.length) / 2;
  const drawn = lines.map((line, at) => drawLine(line, Math.round(top + at * LINE_HEIGHT)));
  return `${[begin, ...drawn, 'format=yuv420p'].join(',')}[v]`;
}

function drawLine(line: string, y: number): string {
  const text = filterValue(escapeDrawText(line));
  const style = `fontsize=${FONT_SIZE}:fontcolor=white:box=1:boxcolor=black@0.5:boxborderw=8`;
  return `drawtext=text=${text}:x=(w-text_w)/2:y=${y}:${style}`;
}
