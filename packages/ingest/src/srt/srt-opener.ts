import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PushAddress } from '@spillway/protocol';
import { InputError, type InputOpener, type InputProblem, type OpenInput } from '../input.ts';
import { MissingProgramError } from '../process/child.ts';
import { DEFAULT_LATENCY_MS, srtPushAddress } from './srt-address.ts';
import { type SrtEnd, SrtReceiver } from './srt-receiver.ts';

export interface SrtOpenerOptions {
  /** The key that encoders need: 10 to 79 of `A-Z a-z 0-9 _ . ~ -`. */
  readonly passphrase: string;
  /** Milliseconds for retransmissions, part of the delay. Default 120. */
  readonly latencyMs?: number | undefined;
  /** UDP port to listen on. It is this opener's until `gone`. */
  readonly port: number;
  /** IPv4 or IPv6 address to listen on. Default all of IPv4. */
  readonly listenAddress?: string;
  /** The address under which encoders reach this machine. */
  readonly announcedAddress: string;
  /** Program of FFmpeg, searched on `PATH` unless it has a slash. Default `ffmpeg`. */
  readonly ffmpegPath?: string;
}

/** An encoder that has sent nothing for so long when its input is closed is let go. */
const SILENT_MS = 1000;
/** Before listening again after an encoder whose media could not be taken. */
const PAUSE_MS = 500;

/** Short, because the media begins with a key frame. */
const INPUT_ARGS = ['-analyzeduration', '200000', '-fpsprobesize', '0', '-f', 'mpegts', '-i', 'pipe:0'];

/**
 * Listens for one encoder by SRT. From an `open` until its signal aborts the port is listened on or an encoder is
 * connected, also between two runs; an encoder that sends goes on into the next one.
 */
export class SrtOpener implements InputOpener {
  readonly listens = true;
  /** Where encoders push to. */
  readonly push: PushAddress;
  /** Resolves when it is closed and its port is free. */
  readonly gone: Promise<void>;
  readonly #resolveGone: () => void;
  readonly #options: SrtOpenerOptions;
  readonly #events = new EventEmitter<{ change: [] }>();
  #receiver: SrtReceiver | undefined;
  #serving: Promise<void> | undefined;
  /** Why it listens no more. */
  #fault: InputProblem | undefined;
  /** About the last encoder that was not taken. */
  #setback = '';
  /** Aborts when it shall listen no more. */
  #life: AbortSignal | undefined;
  #closed = false;

  constructor(options: SrtOpenerOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#resolveGone = resolve;
    this.#options = options;
    const { announcedAddress: address, port, passphrase, latencyMs } = options;
    this.push = srtPushAddress({ address, port, passphrase, latencyMs });
  }

  get waiting(): string {
    if (this.#receiver?.heard) return 'An encoder is connected; waits for its first key frame';
    const what = `Waits for an encoder to connect to UDP port ${this.#options.port}`;
    return this.#setback === '' ? what : `${what}. ${this.#setback}`;
  }

  async open(giveUp: AbortSignal): Promise<OpenInput> {
    if (giveUp !== this.#life) giveUp.addEventListener('abort', () => this.#handleChange(), { once: true });
    this.#life = giveUp;
    for (;;) {
      if (giveUp.aborted || this.#closed)
        throw new InputError({ reason: 'Not wanted any more', final: false });
      if (this.#receiver?.began) return this.#input(this.#receiver);
      this.#serving ??= this.#serve();
      await once(this.#events, 'change');
      if (this.#fault && !this.#serving) throw new InputError(this.#fault);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handleChange();
    void Promise.resolve(this.#serving).then(this.#resolveGone);
  }

  get #wanted(): boolean {
    return !this.#closed && this.#life?.aborted === false;
  }

  #handleChange(): void {
    if (!this.#wanted) this.#receiver?.stop();
    this.#events.emit('change');
  }

  /** One receiver after the other, while it is wanted and nothing is wrong here. */
  async #serve(): Promise<void> {
    this.#fault = undefined;
    let soundless = false;
    while (this.#wanted && !this.#fault) {
      const receiver = this.#makeReceiver(soundless);
      this.#receiver = receiver;
      const end = await receiver.run().catch(endOfError);
      this.#receiver = undefined;
      soundless = end.soundless;
      this.#fault = end.fault;
      if (receiver.heard || !this.#wanted || end.fault) continue;
      this.#setback = end.reason;
      await sleep(PAUSE_MS);
    }
    this.#serving = undefined;
    this.#events.emit('change');
  }

  #makeReceiver(soundless: boolean): SrtReceiver {
    const { ffmpegPath = 'ffmpeg', listenAddress = '0.0.0.0', port, passphrase, latencyMs } = this.#options;
    return new SrtReceiver({
      ...{
        ffmpegPath,
        listenAddress,
        port,
        passphrase,
        latencyMs: latencyMs ?? DEFAULT_LATENCY_MS,
        soundless,
      },
      onRefused: (why) => {
        this.#setback = `The last one was refused: ${why}`;
      },
      onMedia: () => {
        this.#setback = '';
        this.#events.emit('change');
      },
    });
  }

  #input(receiver: SrtReceiver): OpenInput {
    const { media } = receiver;
    const stdin = media.read();
    let closed = false;
    return {
      args: INPUT_ARGS,
      stdin,
      sample: () => media.sample(),
      secrets: [this.#options.passphrase],
      problem: () => (receiver.end ? { reason: receiver.end.reason, final: false } : undefined),
      close: () => {
        if (closed) return;
        closed = true;
        stdin.destroy();
        if (!receiver.flows(SILENT_MS)) receiver.stop();
      },
    };
  }
}

function endOfError(error: unknown): SrtEnd {
  const missing = error instanceof MissingProgramError;
  const words = error instanceof Error ? error.message : String(error);
  const reason = missing
    ? `${words}. Install FFmpeg (apt-get install ffmpeg), then start the source again`
    : words;
  return { reason, fault: { reason, final: missing }, soundless: false };
}
