import { explainFfmpeg } from '../ffmpeg/explain.ts';
import type { FfmpegLine } from '../ffmpeg/log-line.ts';
import type { OpenInput } from '../input.ts';
import { Child, describeEnd } from '../process/child.ts';
import type { OpenInlet } from '../rtp/inlet.ts';
import { InletKeeper, type InletKeeperOptions } from '../rtp/inlet-keeper.ts';
import { LayerRelay } from '../rtp/layer-relay.ts';
import { heeded } from './heed.ts';
import type { Outputs, Recipe } from './recipe.ts';
import type { RunEnd } from './run-end.ts';

export interface FfmpegRunOptions {
  readonly ffmpegPath: string;
  readonly input: OpenInput;
  readonly recipe: Recipe;
  /** Where the room listens, by the recipe. */
  readonly outputs: Outputs;
  readonly openInlet: InletKeeperOptions['openInlet'];
  /** Milliseconds without video after which it counts as stalled. */
  readonly stallMs: number;
  /** The same until the first video. */
  readonly firstBytesMs: number;
  /** Whether the room shall wait with it until `release()`. */
  readonly held: boolean;
  /** The last lines that FFmpeg wrote in the runs before. */
  readonly lastWords: readonly string[];
  /** Gets what FFmpeg writes, in pieces. */
  readonly onWords: (text: string) => void;
  readonly onStart: () => void;
  /** Media has arrived: the room shows it, unless it is held. */
  readonly onLive: () => void;
  readonly onStalled: (reason: string) => void;
  /** The room did not take it (`refused`), or the worker went; it is tried again while FFmpeg goes on. */
  readonly onSetback: (reason: string, refused: boolean) => void;
  /** Something to say while it is live; empty: nothing any more. */
  readonly onNote: (reason: string) => void;
}

/** One run of FFmpeg from an input to the room's inlet. */
export class FfmpegRun {
  readonly #options: FfmpegRunOptions;
  readonly #inlet: InletKeeper;
  readonly #relay: LayerRelay | undefined;
  /** Resolves when the inlet is open, or nobody wants it any more. */
  readonly #opened = Promise.withResolvers<void>();
  /** The inlet that is being opened, or was opened last. */
  #opening: Promise<unknown> = Promise.resolve();
  #child: Child | undefined;
  #lines: string[] = [];
  #lastError: string | undefined;
  /** Why it is being ended by us. */
  #verdict: { reason: string; misfit: boolean } | undefined;

  /** @throws when no ports are left for the layers */
  static async create(options: FfmpegRunOptions): Promise<FfmpegRun> {
    const { recipe, outputs } = options;
    const layered = (recipe.video?.layers.length ?? 0) > 1;
    const relay = layered ? await LayerRelay.open({ layers: outputs.video }) : undefined;
    return new FfmpegRun(options, relay);
  }

  private constructor(options: FfmpegRunOptions, relay: LayerRelay | undefined) {
    const { openInlet, recipe, outputs, stallMs, firstBytesMs, held } = options;
    this.#options = options;
    this.#relay = relay;
    const layers = recipe.video?.layers ?? [];
    const noteOpening: OpenInlet = (wanted) => {
      const opening = openInlet(wanted);
      this.#opening = opening;
      return opening;
    };
    this.#inlet = new InletKeeper({
      openInlet: noteOpening,
      inputs: [...outputs.video, ...(outputs.audio ? [outputs.audio] : [])],
      ...(layers.length > 1 ? { layers: layers.map(inletLayer) } : {}),
      listenAddress: '127.0.0.1',
      limits: { stallMs, firstBytesMs },
      hold: held,
      onOpen: () => this.#opened.resolve(),
      onBytes: () => {},
      onReady: options.onLive,
      onLive: options.onLive,
      onStalled: (stillMs) => this.#handleStalled(stillMs),
      onSetback: options.onSetback,
      onAudioLost: () => options.onNote('The sound has stopped; the picture goes on'),
      onAudioBack: () => options.onNote(''),
    });
  }

  /** Process id of FFmpeg while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether the room shall wait with what comes. What it shows already it goes on with. */
  hold(held: boolean): void {
    if (held) this.#inlet.hold();
    else this.#inlet.release();
  }

  /** Runs it to its end, or until told to give up. Call once. */
  async play(giveUp: AbortSignal): Promise<RunEnd> {
    const { input } = this.#options;
    const stop = () => this.#stop();
    giveUp.addEventListener('abort', stop);
    try {
      if (giveUp.aborted) return STOPPED;
      this.#inlet.reopen();
      // What FFmpeg sends earlier is lost, and with it the first key frame.
      await this.#opened.promise;
      if (giveUp.aborted) return STOPPED;
      const child = await this.#start();
      if (giveUp.aborted) stop();
      const end = await child.ended;
      if (this.#verdict) return { ...this.#verdict, final: false, complete: false };
      const complete = end.code === 0;
      const problem = input.problem?.() ?? (complete ? undefined : explainFfmpeg(this.#lines));
      const reason =
        problem?.reason ??
        (complete ? 'What it reads has ended' : describeEnd('FFmpeg', end, this.#lastError));
      const { final = false, pauseMs = 0 } = problem ?? {};
      return { reason, final, pauseMs, complete, misfit: false };
    } finally {
      giveUp.removeEventListener('abort', stop);
      this.#child = undefined;
      this.#inlet.close();
      this.#relay?.close();
      // One that is still being opened has the ports.
      await heeded(this.#opening, AbortSignal.abort()).catch(() => {});
    }
  }

  async #start(): Promise<Child> {
    const { ffmpegPath, input, recipe, outputs, lastWords, onWords, onStart } = this.#options;
    const to = this.#relay ? { ...outputs, video: this.#relay.inputs } : outputs;
    const child = await Child.start({
      name: 'FFmpeg',
      file: ffmpegPath,
      args: [
        ...GLOBAL_ARGS,
        ...(recipe.decoderArgs ?? []),
        ...input.args,
        ...recipe.outputArgs(to, lastWords),
      ],
      stdin: input.stdin,
      onWords,
      // It has nothing to save.
      killAfterMs: 1000,
    });
    this.#child = child;
    this.#inlet.expectBytes();
    onStart();
    return child;
  }

  /** Hears a line that FFmpeg wrote. */
  handleLine({ level, text }: FfmpegLine): void {
    if (level !== 'info') {
      this.#lines = [...this.#lines, text].slice(-MAX_LINES);
      // Warnings are of things that it goes on with.
      if (level !== 'warning') this.#lastError = text;
      return;
    }
    const reason = this.#verdict ? undefined : this.#options.recipe.misfit?.(text);
    if (reason) this.#end(reason, true);
  }

  #handleStalled(stillMs: number): void {
    if (!this.#child) {
      this.#inlet.reopen();
      return;
    }
    const what = this.#options.recipe.video ? 'picture' : 'sound';
    const reason = `No ${what} has come for ${(stillMs / 1000).toFixed(1)} s`;
    this.#options.onStalled(reason);
    this.#end(reason, false);
  }

  #end(reason: string, misfit: boolean): void {
    this.#verdict ??= { reason, misfit };
    this.#stop();
  }

  /** What FFmpeg sends until it has ended is not for the room, which could take it for a new broadcast. */
  #stop(): void {
    this.#inlet.close();
    this.#opened.resolve();
    void this.#child?.stop();
  }
}

const STOPPED: RunEnd = { reason: '', final: false, complete: false, misfit: false };

/** Lines that are looked at for what went wrong. */
const MAX_LINES = 50;

const GLOBAL_ARGS = [
  '-hide_banner',
  '-nostats',
  '-loglevel',
  'repeat+level+info',
  '-max_alloc',
  `${2 ** 29}`,
];

function inletLayer({
  width,
  height,
  bitrate,
}: {
  width: number;
  height: number;
  bitrate?: number | undefined;
}) {
  return { width, height, ...(bitrate === undefined ? {} : { bitrate }) };
}
