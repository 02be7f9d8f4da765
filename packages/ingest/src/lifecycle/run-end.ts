import { InputError, type OpenInput } from '../input.ts';
import { MissingProgramError } from '../process/child.ts';
import { hideSecrets } from '../process/hide-secrets.ts';

/** How a run of FFmpeg ended, or that it could not begin. */
export interface RunEnd {
  /** Why, in words. */
  readonly reason: string;
  /** Whether trying again is of no use. */
  readonly final: boolean;
  /** Milliseconds until the next try at least. Default 0. */
  readonly pauseMs?: number;
  /** Whether FFmpeg has come to the end of its input. */
  readonly complete: boolean;
  /** Whether the input is not what the recipe was made for. */
  readonly misfit: boolean;
}

/** What an error before FFmpeg ran means. What the input itself knows counts for more. */
export function failedEnd(error: unknown, input: OpenInput | undefined): RunEnd {
  const end = { complete: false, misfit: false };
  if (error instanceof MissingProgramError) {
    const reason = `${error.message}. Install FFmpeg (apt-get install ffmpeg), then start the source again`;
    return { ...end, reason, final: true };
  }
  const problem = input?.problem?.() ?? (error instanceof InputError ? error.problem : undefined);
  const reason = problem?.reason ?? (error instanceof Error ? error.message : String(error));
  const { final = false, pauseMs = 0 } = problem ?? {};
  return { ...end, reason: hideSecrets(reason, input?.secrets ?? []), final, pauseMs };
}
