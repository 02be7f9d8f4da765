import { setTimeout as sleep } from 'node:timers/promises';
import type { PushAddress, SourceChange, SourceConfig, SourceStatus } from '@spillway/protocol';
import { isNoise, readLogLine } from '../ffmpeg/log-line.ts';
import type { InputOpener, OpenInput } from '../input.ts';
import type { Logger } from '../logger.ts';
import { CondensedLog } from '../process/condensed-log.ts';
import { hideSecrets } from '../process/hide-secrets.ts';
import { LineTail } from '../process/line-tail.ts';
import { ProcessUsage } from '../process/process-usage.ts';
import { publicConfig } from '../public-config.ts';
import type { SavedSource } from '../rtp/rtp-inputs.ts';
import type { Source } from '../source.ts';
import { afterRun, type EndedRun, NO_RUNS } from './after-run.ts';
import { ConditionKeeper } from './condition-keeper.ts';
import { FfmpegRun, type FfmpegRunOptions } from './ffmpeg-run.ts';
import { heeded } from './heed.ts';
import type { Outputs, Prepare, Recipe } from './recipe.ts';
import { failedEnd, type RunEnd } from './run-end.ts';
import type { SourceEvent } from './source-state.ts';

/** A process may take that long to start: a slow machine, a distant input. */
const FIRST_BYTES_MS = 10_000;
const STALL_SECONDS = 4;
const WAITING_INTERVAL_MS = 1000;

export interface ProcessSourceOptions {
  readonly room: string;
  readonly config: SourceConfig;
  readonly opener: InputOpener;
  readonly prepare: Prepare;
  /** Where the room listens for what a recipe makes. */
  readonly outputs: (recipe: Recipe) => Outputs;
  readonly openInlet: FfmpegRunOptions['openInlet'];
  readonly ffmpegPath: string;
  readonly logger: Logger;
  readonly onChange: (change: SourceChange | undefined) => void;
  /** Gives its ports back. */
  readonly release: () => void | Promise<void>;
  /** Where encoders push to. */
  readonly push?: PushAddress;
  readonly persisted?: SavedSource | undefined;
}

/** A source whose media an FFmpeg of the server reads: opens its input, finds a recipe, runs FFmpeg, and again after each fault. */
export class ProcessSource implements Source {
  readonly config: SourceConfig;
  readonly gone: Promise<void>;
  readonly #options: ProcessSourceOptions;
  readonly #condition: ConditionKeeper;
  readonly #words: LineTail;
  readonly #log: CondensedLog;
  readonly #usage = new ProcessUsage();
  readonly #resolveGone: () => void;
  #secrets: readonly string[] = [];
  /** Kept from run to run, so that only the first start takes the time to examine the input. */
  #recipe: Recipe | undefined;
  #run: FfmpegRun | undefined;
  #liveAt: number | undefined;
  #held = false;
  #refused = false;
  #life: AbortController | undefined;
  /** A look at the input before it is wanted. */
  #ahead: AbortController | undefined;
  #lives: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ProcessSourceOptions) {
    const { room, config, logger, onChange } = options;
    const gone = Promise.withResolvers<void>();
    this.config = config;
    this.gone = gone.promise;
    this.#resolveGone = gone.resolve;
    this.#options = options;
    const fields = { room, source: config.type };
    this.#condition = new ConditionKeeper(logger, fields, onChange);
    this.#log = new CondensedLog((line, leftOut) =>
      logger.warn(leftOut > 0 ? { ...fields, leftOut } : fields, `FFmpeg: ${line}`),
    );
    this.#words = new LineTail(
      (line) => this.#log.add(line),
      (line) => this.#hear(line),
    );
  }

  get state() {
    return this.#condition.state;
  }

  get refused(): boolean {
    return this.#refused;
  }

  start(): void {
    if (this.#closed || this.#life) return;
    const life = new AbortController();
    this.#life = life;
    this.#condition.handle({ type: 'starting', reason: this.#options.opener.waiting });
    this.#lives = this.#lives.then(() => this.#live(life.signal));
  }

  prepare(): void {
    // Only cameras take their time.
    const isKnown = this.#life !== undefined || this.#recipe !== undefined;
    if (this.#closed || isKnown || this.#ahead || this.config.type !== 'rtsp') return;
    const ahead = new AbortController();
    this.#ahead = ahead;
    this.#lives = this.#lives.then(() => this.#lookAhead(ahead.signal));
  }

  stop(): void {
    this.#ahead?.abort();
    this.#endLife();
    this.#condition.handle({ type: 'stopped' });
  }

  hold(held: boolean): void {
    this.#held = held;
    this.#run?.hold(held);
  }

  close(): void {
    if (this.#closed) return;
    this.stop();
    this.#closed = true;
    this.#options.opener.close();
    // Its ports are given to nobody else while FFmpeg may still send to them.
    void this.#lives.then(async () => {
      await this.#options.release();
      this.#resolveGone();
    });
  }

  status(): SourceStatus {
    const cores = this.#usage.read(this.#run?.pid);
    const { push } = this.#options;
    return {
      config: publicConfig(this.config),
      ...this.#condition.describe(),
      lastWords: [...this.#words.lines],
      ...(cores === undefined ? {} : { cores: Math.round(cores * 1000) / 1000 }),
      ...(this.#recipe?.report ? { report: this.#recipe.report } : {}),
      ...(push ? { push } : {}),
    };
  }

  persisted(): SavedSource | undefined {
    return this.#options.persisted;
  }

  /** What it holds for this life, such as a port that is listened on, is given up. */
  #endLife(): void {
    this.#life?.abort();
    this.#life = undefined;
    this.#refused = false;
  }

  /** From `start()` to `stop()`, or until going on is of no use. */
  async #live(giveUp: AbortSignal): Promise<void> {
    let history = NO_RUNS;
    while (!giveUp.aborted) {
      this.#liveAt = undefined;
      const end = await this.#attempt(giveUp);
      this.#run = undefined;
      this.#words.end();
      this.#log.flush();
      if (giveUp.aborted) return;
      this.#refused = false;
      const { reason } = end;
      const after = afterRun(history, this.#describeRun(end), Math.random());
      if (after.next !== 'again') {
        this.#endLife();
        this.#condition.handle(
          after.next === 'fail'
            ? { type: 'failed', reason }
            : { type: 'stopped', reason: 'Played to its end' },
        );
        return;
      }
      history = after.history;
      if (!after.keepRecipe) this.#recipe = undefined;
      this.#condition.handle({ type: 'retrying', reason, restart: true });
      await pause(after.pauseMs, giveUp);
    }
  }

  #describeRun(end: RunEnd): EndedRun {
    const { config } = this;
    return {
      end,
      liveMs: this.#liveAt === undefined ? undefined : performance.now() - this.#liveAt,
      isFile: config.type === 'file',
      playsOnce: config.type === 'file' && config.loop === false,
    };
  }

  async #attempt(giveUp: AbortSignal): Promise<RunEnd> {
    let input: OpenInput | undefined;
    try {
      this.#begin(this.#options.opener.waiting);
      input = await this.#open(giveUp);
      this.#secrets = input.secrets;
      return await this.#play(input, giveUp);
    } catch (error) {
      return failedEnd(error, input);
    } finally {
      input?.close();
    }
  }

  /** Finds the recipe. What goes wrong is told when it is started. */
  async #lookAhead(giveUp: AbortSignal): Promise<void> {
    let input: OpenInput | undefined;
    try {
      if (giveUp.aborted || this.#recipe) return;
      input = await this.#open(giveUp);
      this.#secrets = input.secrets;
      this.#recipe = await heeded(this.#options.prepare(input, giveUp, []), giveUp);
      this.#options.onChange(undefined);
    } catch (error) {
      const { reason } = failedEnd(error, input);
      this.#options.logger.debug({ room: this.#options.room, reason }, 'Could not look at the source ahead');
    } finally {
      if (this.#ahead?.signal === giveUp) this.#ahead = undefined;
      input?.close();
    }
  }

  async #open(giveUp: AbortSignal): Promise<OpenInput> {
    const { opener } = this.#options;
    const opening = opener.open(giveUp);
    // What it waits for may be another thing meanwhile.
    const telling = setInterval(() => {
      if (this.#life?.signal === giveUp) this.#begin(opener.waiting);
    }, WAITING_INTERVAL_MS);
    try {
      return await heeded(opening, giveUp);
    } catch (error) {
      // Where it comes after all.
      void opening.then(
        (input) => input.close(),
        () => {},
      );
      throw error;
    } finally {
      clearInterval(telling);
    }
  }

  async #play(input: OpenInput, giveUp: AbortSignal): Promise<RunEnd> {
    const { prepare, outputs, openInlet, ffmpegPath } = this.#options;
    // Who was stopped meanwhile has said its last.
    const tell = (event: SourceEvent) => {
      if (!giveUp.aborted) this.#condition.handle(event);
    };
    if (!this.#recipe) {
      if (!giveUp.aborted) this.#begin('Looks at what comes in');
      this.#recipe = await heeded(prepare(input, giveUp, this.#words.lines), giveUp);
      this.#options.onChange(undefined);
    }
    const recipe = this.#recipe;
    const run = await FfmpegRun.create({
      ...{ ffmpegPath, input, recipe, openInlet, outputs: outputs(recipe) },
      stallMs: this.#stallMs,
      firstBytesMs: Math.max(FIRST_BYTES_MS, this.#stallMs),
      held: this.#held,
      lastWords: this.#words.lines,
      onWords: (text) => this.#words.push(text),
      onStart: () => {
        if (!giveUp.aborted) this.#begin('Waits for the first picture');
      },
      onLive: () => {
        this.#liveAt ??= performance.now();
        this.#refused = false;
        tell({ type: 'live' });
      },
      onStalled: (reason) => {
        // What has shown nothing yet has not stopped.
        if (this.#liveAt !== undefined) tell({ type: 'stalled', reason, restart: false });
      },
      onSetback: (reason, refused) => {
        this.#refused = refused && !giveUp.aborted;
        tell({ type: 'retrying', reason, restart: false });
      },
      onNote: (reason) => tell({ type: 'note', reason }),
    });
    this.#run = run;
    // It may have been decided otherwise while it was made.
    run.hold(this.#held);
    return await run.play(giveUp);
  }

  /** Each try after a fault belongs to the same setback, whose reason says more. */
  #begin(reason: string): void {
    if (this.#options.opener.listens || this.#condition.state !== 'retrying')
      this.#condition.handle({ type: 'starting', reason });
  }

  get #stallMs(): number {
    const { config } = this;
    return 1000 * (('stallSeconds' in config ? config.stallSeconds : undefined) ?? STALL_SECONDS);
  }

  /** What is kept of a line that FFmpeg wrote. */
  #hear(written: string): string | undefined {
    const line = readLogLine(hideSecrets(written, this.#secrets));
    this.#run?.handleLine(line);
    return line.level === 'info' || isNoise(line.text) ? undefined : line.text;
  }
}

/** Waits, unless told to give up. */
async function pause(ms: number, giveUp: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: giveUp }).catch(() => {});
}
