import type { SourceConfig, SourceStatus } from '@spillway/protocol';
import { ConditionKeeper } from './condition-keeper.ts';
import { InletKeeper } from './inlet-keeper.ts';
import type { Source, SourceParts } from './source.ts';
import { SupervisedProcess } from './supervised-process.ts';

const STALL_MS = 2000;
/** A process may take that long to start: a slow machine, a distant input. */
const FIRST_BYTES_MS = 10_000;

export interface ProcessSourceOptions extends SourceParts {
  readonly config: SourceConfig;
  readonly ffmpegPath: string;
  /** FFmpeg's arguments, asked before each run. Gets the last lines that it wrote. */
  readonly args: (lastWords: readonly string[]) => readonly string[];
}

/** A source whose media an FFmpeg of the server brings. */
export class ProcessSource implements Source {
  readonly config: SourceConfig;
  readonly gone: Promise<void>;
  readonly #condition: ConditionKeeper;
  readonly #inlet: InletKeeper;
  readonly #process: SupervisedProcess;
  readonly #ffmpegPath: string;
  readonly #release: () => void;
  #closed = false;
  #resolveGone: () => void;

  constructor(options: ProcessSourceOptions) {
    const { room, config, inputs, listenAddress, openInlet, logger, onChange } = options;
    const gone = Promise.withResolvers<void>();
    this.config = config;
    this.gone = gone.promise;
    this.#resolveGone = gone.resolve;
    this.#ffmpegPath = options.ffmpegPath;
    this.#release = options.release;
    this.#condition = new ConditionKeeper(logger, { room, source: config.type }, onChange);
    this.#inlet = new InletKeeper({
      openInlet,
      inputs,
      listenAddress,
      limits: { stallMs: STALL_MS, firstBytesMs: FIRST_BYTES_MS },
      onOpen: () => this.#handleOpen(),
      onBytes: () => {},
      onLive: () => this.#condition.handle({ type: 'live' }),
      onStalled: (stillMs) => this.#handleStalled(stillMs),
      onSetback: (reason) => this.#condition.handle({ type: 'retrying', reason, restart: false }),
    });
    this.#process = new SupervisedProcess({
      name: 'FFmpeg',
      file: options.ffmpegPath,
      args: options.args,
      logger,
      onStart: () => {
        this.#inlet.expectBytes();
        this.#condition.handle({ type: 'starting', reason: 'FFmpeg starts' });
      },
      onExit: ({ reason }) => this.#handleExit(reason),
      onMissing: () => this.#handleMissing(),
    });
  }

  start(): void {
    if (this.#closed || !['idle', 'failed'].includes(this.#condition.state)) return;
    this.#condition.handle({ type: 'starting', reason: 'FFmpeg starts' });
    this.#inlet.reopen();
    this.#process.start();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inlet.close();
    this.#condition.handle({ type: 'stopped' });
    // Its ports are given to nobody else while it may still send to them.
    this.#process.stop().then(() => {
      this.#release();
      this.#resolveGone();
    });
  }

  status(): SourceStatus {
    return this.#condition.status(this.config, this.#process.lastWords);
  }

  persisted(): undefined {
    return undefined;
  }

  #handleOpen(): void {
    if (this.#process.pid === undefined || this.#condition.state !== 'retrying') return;
    this.#condition.handle({ type: 'starting', reason: 'Waits for media from FFmpeg' });
  }

  #handleStalled(stillMs: number): void {
    const reason = `FFmpeg has sent nothing for ${(stillMs / 1000).toFixed(1)} s and is started again`;
    if (this.#process.pid === undefined) {
      // Between two runs: the next one starts the time anew.
      this.#inlet.reopen();
      return;
    }
    this.#condition.handle({ type: 'stalled', reason, restart: false });
    this.#process.restart(reason);
  }

  #handleExit(reason: string): void {
    this.#condition.handle({ type: 'retrying', reason, restart: true });
    // The next run sends from other ports, and the inlet listens to the first sender only.
    this.#inlet.reopen();
  }

  #handleMissing(): void {
    this.#inlet.close();
    const reason = `There is no program ${this.#ffmpegPath}. Install FFmpeg (apt-get install ffmpeg), then set the source again`;
    this.#condition.handle({ type: 'failed', reason });
  }
}
