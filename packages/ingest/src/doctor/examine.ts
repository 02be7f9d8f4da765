import { Readable } from 'node:stream';
import { explainFfmpeg } from '../ffmpeg/explain.ts';
import { readLogLine } from '../ffmpeg/log-line.ts';
import { unlessGivenUp } from '../give-up.ts';
import { InputError, type OpenInput } from '../input.ts';
import { Child, describeEnd } from '../process/child.ts';
import { hideSecrets } from '../process/hide-secrets.ts';
import { LineTail } from '../process/line-tail.ts';
import type { Examination } from './examination.ts';
import { probeInputArgs } from './probe-input-args.ts';
import { PROBE_ENTRIES, parseProbeOutput } from './probe-output.ts';
import { readProbe } from './read-probe.ts';

/** `quick` tells enough to plan by, `thorough` what a report wants to know. */
export type Depth = 'quick' | 'thorough';

export interface ExamineOptions {
  readonly depth: Depth;
  /** The program. Default `ffprobe`. */
  readonly ffprobePath?: string | undefined;
  /** Milliseconds that it may take in all. Default 10000. */
  readonly limitMs?: number | undefined;
  readonly giveUp?: AbortSignal | undefined;
}

/** Seconds of media to look at: a live input takes as long. A sample, which is there already, is always looked at thoroughly. */
const SECONDS: Record<Depth, number> = { quick: 0.5, thorough: 5 };
/** ffprobe would wait for twenty pictures to tell their rate, which is known from the packets too. */
const QUICK_ARGS = ['-fpsprobesize', '5'];
/** What ffprobe may write: some thirty thousand packets. */
const MAX_OUTPUT = 4 * 2 ** 20;
const MEMORY_LIMIT = 2 * 2 ** 30;
/** 8192x4320. */
const MAX_PIXELS = 8192 * 4320;

/**
 * Looks at the streams and the first packets of an input. Does not close it. A standard input that is a stream without
 * `sample` is consumed.
 *
 * @throws {InputError} why it cannot be read, in words
 * @throws {MissingProgramError} no ffprobe
 */
export async function examine(input: OpenInput, options: ExamineOptions): Promise<Examination> {
  const { ffprobePath = 'ffprobe', limitMs = 10_000, giveUp } = options;
  const depth = input.sample ? 'thorough' : options.depth;
  if (giveUp?.aborted) throw new InputError({ reason: GIVEN_UP, final: false });
  const deadline = performance.now() + limitMs;
  const stdin = input.sample
    ? Readable.from([await sampleOf(input.sample(), limitMs, giveUp, input)])
    : input.stdin;
  const output = new BoundedText(MAX_OUTPUT, () => void child.stop());
  const words = new LineTail();
  const child = await Child.start({
    name: 'ffprobe',
    file: ffprobePath,
    args: [
      ...['-hide_banner', '-loglevel', 'repeat+level+warning', '-max_alloc', `${2 ** 29}`],
      ...(depth === 'quick' ? QUICK_ARGS : []),
      ...['-max_pixels', `${MAX_PIXELS}`, '-read_intervals', `%+${SECONDS[depth]}`],
      ...['-show_entries', PROBE_ENTRIES, '-of', 'json=compact=1', ...probeInputArgs(input.args)],
    ],
    stdin,
    memoryLimit: MEMORY_LIMIT,
    killAfterMs: 500,
    onOutput: (readable) => readable.setEncoding('utf8').on('data', (text: string) => output.push(text)),
    onWords: (text) => words.push(text),
  });
  const stop = () => void child.stop();
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      stop();
    },
    Math.max(0, deadline - performance.now()),
  );
  giveUp?.addEventListener('abort', stop);
  if (giveUp?.aborted) stop();
  const end = await child.ended;
  clearTimeout(timer);
  giveUp?.removeEventListener('abort', stop);

  if (giveUp?.aborted) throw new InputError({ reason: GIVEN_UP, final: false });
  const problem = input.problem?.();
  if (problem) throw new InputError(problem);
  const lines = words.lines.map((line) => readLogLine(line).text);
  const explained = explainFfmpeg(lines);
  if (output.overflown) throw new InputError({ reason: TOO_MUCH, final: true });
  if (late) throw new InputError(explained?.final ? explained : { reason: tooLate(limitMs), final: false });
  if (end.code !== 0 || end.error) {
    const last = lines.at(-1);
    const said = last === undefined ? undefined : hideSecrets(last, input.secrets);
    throw new InputError(explained ?? { reason: describeEnd('ffprobe', end, said), final: false });
  }
  return judged(output.text, explained);
}

/** A picture without size is one that could not be decoded, and the words say why. */
function judged(json: string, explained: ReturnType<typeof explainFfmpeg>): Examination {
  const probe = parseProbeOutput(json);
  if (!probe) throw new InputError({ reason: 'ffprobe wrote what cannot be read', final: false });
  const examination = readProbe(probe);
  if (!examination) throw new InputError(explained ?? { reason: NOTHING_IN_IT, final: false });
  const { video } = examination;
  if (video && (video.width === 0 || video.height === 0)) {
    throw new InputError(explained ?? { reason: NO_SIZE, final: false });
  }
  return examination;
}

const TOO_MUCH =
  'It has more packets a second than any camera or encoder sends. Check what it is, or encode it anew.';
const NOTHING_IN_IT = 'There is neither picture nor sound in it. Check what it sends.';
const NO_SIZE = 'Its picture cannot be decoded. Check the codec at its origin, or set H.264.';

function tooLate(limitMs: number): string {
  return `Its streams were not known after ${Math.round(limitMs / 1000)} s: nothing comes, too little, or no video that FFmpeg knows. Check that it sends.`;
}

const GIVEN_UP = 'It was stopped while its input was examined';

async function sampleOf(
  sample: Promise<Buffer>,
  limitMs: number,
  giveUp: AbortSignal | undefined,
  input: OpenInput,
): Promise<Buffer> {
  const late = AbortSignal.timeout(limitMs);
  const signal = giveUp ? AbortSignal.any([giveUp, late]) : late;
  try {
    return await unlessGivenUp(sample, signal, () => (giveUp?.aborted ? GIVEN_UP : tooLate(limitMs)));
  } catch (error) {
    const problem = input.problem?.();
    throw problem ? new InputError(problem) : error;
  }
}

/** Text that grows to a bound, and says once when it is beyond. */
class BoundedText {
  readonly #limit: number;
  readonly #onOverflow: () => void;
  readonly #pieces: string[] = [];
  #length = 0;

  constructor(limit: number, onOverflow: () => void) {
    this.#limit = limit;
    this.#onOverflow = onOverflow;
  }

  get overflown(): boolean {
    return this.#length > this.#limit;
  }

  get text(): string {
    return this.#pieces.join('');
  }

  push(text: string): void {
    if (this.overflown) return;
    this.#length += text.length;
    if (this.overflown) this.#onOverflow();
    else this.#pieces.push(text);
  }
}
