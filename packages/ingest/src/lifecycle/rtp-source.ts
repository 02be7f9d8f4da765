import type { RtpInput, RtpSourceConfig, SourceChange, SourceStatus } from '@spillway/protocol';
import { pushCommands } from '../ffmpeg/push-commands.ts';
import type { Logger } from '../logger.ts';
import type { OpenInlet } from '../rtp/inlet.ts';
import { InletKeeper } from '../rtp/inlet-keeper.ts';
import { type SavedSource, savedSource } from '../rtp/rtp-inputs.ts';
import type { Source } from '../source.ts';
import { ConditionKeeper } from './condition-keeper.ts';

/** A sender that is of no use (another SSRC, a finished one) keeps the inlet for itself no longer than that. */
const FIRST_BYTES_MS = 5000;
const WAITING = 'Waits for an encoder to push';
/** RTP for so long without a key frame is none that could be shown. */
const UNPLAYABLE_MS = 20_000;
const UNPLAYABLE =
  'RTP arrives, but no key frame of H264 or VP8 in it. Check codec, SSRC and payload type against the printed commands, and that the encoder sends key frames; it is still listened to';

export interface RtpSourceOptions {
  readonly room: string;
  readonly config: RtpSourceConfig;
  /** What it listens for. */
  readonly inputs: readonly RtpInput[];
  readonly listenAddress: string;
  readonly openInlet: OpenInlet;
  readonly logger: Logger;
  readonly onChange: (change: SourceChange | undefined) => void;
  /** Gives its ports back. */
  readonly release: () => void;
}

/** A source that others push to. A pusher that stops and comes back, from whatever port, takes the room back. */
export class RtpSource implements Source {
  readonly config: RtpSourceConfig;
  readonly gone: Promise<void>;
  readonly #inputs: readonly RtpInput[];
  readonly #condition: ConditionKeeper;
  readonly #inlet: InletKeeper;
  readonly #release: () => void;
  #closed = false;
  #refused = false;
  #unplayable: NodeJS.Timeout | undefined;
  #resolveGone: () => void;

  constructor(options: RtpSourceOptions) {
    const { room, config, inputs, listenAddress, openInlet, logger, onChange, release } = options;
    const gone = Promise.withResolvers<void>();
    this.config = config;
    this.gone = gone.promise;
    this.#resolveGone = gone.resolve;
    this.#inputs = inputs;
    this.#release = release;
    this.#condition = new ConditionKeeper(logger, { room, source: 'rtp' }, onChange);
    const stallMs = (config.stallSeconds ?? 2) * 1000;
    this.#inlet = new InletKeeper({
      openInlet,
      inputs,
      listenAddress,
      limits: { stallMs, firstBytesMs: FIRST_BYTES_MS },
      onOpen: () => this.#handleOpen(),
      onBytes: () => this.#handleBytes(),
      onReady: () => this.#handleLive(),
      onLive: () => this.#handleLive(),
      onStalled: (stillMs, flowed) => this.#handleStalled(stillMs, flowed),
      onSetback: (reason, refused) => {
        this.#refused = refused;
        this.#condition.handle({ type: 'retrying', reason, restart: false });
      },
    });
  }

  get state() {
    return this.#condition.state;
  }

  get refused(): boolean {
    return this.#refused;
  }

  start(): void {
    if (this.#closed || !['idle', 'failed'].includes(this.#condition.state)) return;
    this.#condition.handle({ type: 'starting', reason: WAITING });
    this.#inlet.reopen();
  }

  /** It takes what comes. */
  prepare(): void {}

  stop(): void {
    clearTimeout(this.#unplayable);
    this.#refused = false;
    this.#inlet.close();
    this.#condition.handle({ type: 'stopped' });
  }

  hold(held: boolean): void {
    if (held) this.#inlet.hold();
    else this.#inlet.release();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.stop();
    this.#release();
    this.#resolveGone();
  }

  status(): SourceStatus {
    return {
      config: this.config,
      ...this.#condition.describe(),
      lastWords: [],
      inputs: [...this.#inputs],
      commands: pushCommands({ inputs: this.#inputs }),
    };
  }

  persisted(): SavedSource {
    return savedSource(this.#inputs);
  }

  #handleOpen(): void {
    if (this.#condition.state === 'retrying') this.#condition.handle({ type: 'starting', reason: WAITING });
  }

  #handleLive(): void {
    clearTimeout(this.#unplayable);
    this.#refused = false;
    this.#condition.handle({ type: 'live' });
  }

  #handleBytes(): void {
    if (this.#condition.state === 'live') return;
    clearTimeout(this.#unplayable);
    this.#unplayable = setTimeout(
      () => this.#condition.handle({ type: 'failed', reason: UNPLAYABLE }),
      UNPLAYABLE_MS,
    );
    this.#condition.handle({ type: 'note', reason: 'RTP arrives; waits for a key frame of a video input' });
  }

  #handleStalled(stillMs: number, flowed: boolean): void {
    clearTimeout(this.#unplayable);
    this.#refused = false;
    if (flowed) {
      const reason = `No packet for ${(stillMs / 1000).toFixed(1)} s; waits for an encoder to push again`;
      this.#condition.handle({ type: 'stalled', reason, restart: true });
    }
    this.#inlet.reopen();
  }
}
