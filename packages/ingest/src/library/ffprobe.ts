import { createInterface } from 'node:readline';
import { InputError } from '../input.ts';
import { Child } from '../process/child.ts';

/** A file of a library needs little; a hostile one gets no more. */
const MEMORY_LIMIT = 2 * 2 ** 30;
const MAX_OUTPUT_LINES = 500_000;
const MAX_LINE = 4096;

export interface FfprobeOptions {
  readonly ffprobePath: string;
  readonly args: readonly string[];
  /** Milliseconds that it may take. */
  readonly limitMs: number;
  /** Gets each line that it writes. */
  readonly onLine: (line: string) => void;
  readonly giveUp: AbortSignal;
}

/** How it ended: `done`, `failed` (it could not read the input), or ended by us: `late`, `given-up`. */
export type FfprobeEnd = 'done' | 'failed' | 'late' | 'given-up';

/**
 * Runs ffprobe, within bounds.
 *
 * @throws {MissingProgramError}
 * @throws {InputError} when the system does not let it start
 */
export async function runFfprobe(options: FfprobeOptions): Promise<FfprobeEnd> {
  const { ffprobePath, args, limitMs, onLine, giveUp } = options;
  if (giveUp.aborted) return 'given-up';
  let lines = 0;
  let excess = false;
  const child = await Child.start({
    name: 'ffprobe',
    file: ffprobePath,
    args: ['-hide_banner', '-v', 'error', '-max_alloc', `${2 ** 28}`, ...args],
    memoryLimit: MEMORY_LIMIT,
    killAfterMs: 500,
    onOutput: (output) => {
      createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
        lines += 1;
        if (lines <= MAX_OUTPUT_LINES && line.length <= MAX_LINE) onLine(line);
        else if (!excess) {
          excess = true;
          void child.stop();
        }
      });
    },
  });
  let late = false;
  const stop = () => void child.stop();
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, limitMs);
  giveUp.addEventListener('abort', stop);
  if (giveUp.aborted) stop();
  const end = await child.ended;
  clearTimeout(timer);
  giveUp.removeEventListener('abort', stop);
  if (end.error)
    throw new InputError({ reason: `ffprobe could not be started: ${end.error.message}`, final: false });
  if (giveUp.aborted) return 'given-up';
  if (late || excess) return 'late';
  return end.code === 0 ? 'done' : 'failed';
}
