import type { RtpInput, SourceReport } from '@spillway/protocol';
import type { OpenInput } from '../input.ts';

/** A layer of the video that FFmpeg sends. */
export interface SentLayer {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly frameRate: number;
  /** Bits per second, where known. */
  readonly bitrate?: number | undefined;
}

/** Where FFmpeg sends to. */
export interface Outputs {
  /** One for each layer, lowest first. */
  readonly video: readonly RtpInput[];
  readonly audio?: RtpInput | undefined;
}

/** What FFmpeg makes of an input. */
export interface Recipe {
  readonly video?: {
    readonly codec: 'H264' | 'VP8';
    /** Lowest first; several make one simulcast producer. */
    readonly layers: readonly SentLayer[];
  };
  readonly audio?: 'opus' | 'PCMU' | 'PCMA';
  /** FFmpeg's arguments before those of the input. Default: none. */
  readonly decoderArgs?: readonly string[];
  /** FFmpeg's arguments after those of the input. Gets the last lines that it wrote. */
  readonly outputArgs: (to: Outputs, lastWords: readonly string[]) => readonly string[];
  /** What the doctor said. */
  readonly report?: SourceReport;
  /** Whether a line that FFmpeg writes tells of an input that is not what this was made for: why, in words. */
  readonly misfit?: (line: string) => string | undefined;
}

/**
 * Finds the recipe for an input. Gets the last lines that FFmpeg wrote in the runs before.
 *
 * @throws {InputError} why there is none
 */
export type Prepare = (
  input: OpenInput,
  giveUp: AbortSignal,
  lastWords: readonly string[],
) => Promise<Recipe>;
