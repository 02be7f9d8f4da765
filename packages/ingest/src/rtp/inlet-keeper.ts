import type { RtpInput } from '@spillway/protocol';
import { type BackoffLimits, backoffDelay, DEFAULT_BACKOFF } from '../lifecycle/backoff.ts';
import { advanceFlow, type Flow, type FlowLimits, newFlow, stalledFor } from './flow.ts';
import type { InletLayer, OpenInlet, ReceivedBytes, RtpInlet } from './inlet.ts';

/** Milliseconds until a source that was refused asks for its room again. */
const REFUSED_PAUSE_MS = 3000;

export interface InletKeeperOptions {
  readonly openInlet: OpenInlet;
  readonly inputs: readonly RtpInput[];
  /** What the video inputs look like, where they are the simulcast layers of one video. */
  readonly layers?: readonly InletLayer[];
  readonly listenAddress: string;
  /** For the leading kind (video, unless there is audio alone), and for audio behind video. */
  readonly limits: FlowLimits;
  /** Whether inlets do not take the room until `release()`. Default false. */
  readonly hold?: boolean;
  /** An inlet is open and waits for media. Not called after a refusal, which the next one may well repeat. */
  readonly onOpen: () => void;
  /** The first bytes since the inlet was opened. */
  readonly onBytes: () => void;
  /** What would be live is there, and is held. */
  readonly onReady?: () => void;
  readonly onLive: () => void;
  /**
   * The leading kind has stopped, or has not begun in time (`flowed` false). The owner decides what to do: `reopen()` at
   * least, because the inlet listens to its first sender only.
   */
  readonly onStalled: (stillMs: number, flowed: boolean) => void;
  /** Video has flowed for so long without audio that was to come with it. */
  readonly onAudioLost?: (stillMs: number, flowed: boolean) => void;
  /** Audio that was told lost flows. */
  readonly onAudioBack?: () => void;
  /** The inlet was refused (the room is another's) or lost or could not be opened. It is opened again by itself. */
  readonly onSetback: (reason: string, refused: boolean) => void;
  readonly backoff?: BackoffLimits;
}

/** Keeps one inlet open, with the same inputs, whatever happens to it, and watches its bytes by kind. */
export class InletKeeper {
  readonly #options: InletKeeperOptions;
  readonly #lead: keyof ReceivedBytes;
  readonly #followed: boolean;
  /** Counts the inlets wanted so far; what an older one still says is not heard. */
  #generation = 0;
  #inlet: RtpInlet | undefined;
  #flow: Flow = newFlow(0);
  /** Of audio behind video. */
  #audio: Flow = newFlow(0);
  #audioLost = false;
  #held: boolean;
  #poll: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  #refused = false;
  /** One at a time: two inlets cannot have the same ports. */
  #opening: Promise<void> = Promise.resolve();

  constructor(options: InletKeeperOptions) {
    this.#options = options;
    this.#held = options.hold ?? false;
    const kinds = new Set(options.inputs.map(({ kind }) => kind));
    this.#lead = kinds.has('video') ? 'video' : 'audio';
    this.#followed = kinds.size > 1;
  }

  /** Opens an inlet, after closing the one that is open. */
  reopen(): void {
    this.close();
    const generation = this.#generation;
    this.#opening = this.#opening.then(() => this.#open(generation));
  }

  /** Starts the time anew within which the first bytes must arrive. */
  expectBytes(): void {
    if (this.#flow.bytes === 0) this.#flow = newFlow(performance.now());
    if (this.#audio.bytes === 0) this.#audio = newFlow(performance.now());
  }

  /** Lets the inlet, and those to come, take the room. Idempotent. */
  release(): void {
    this.#held = false;
    this.#inlet?.release();
  }

  /** Lets the inlet, unless it is live already, and those to come not take the room until `release()`. Idempotent. */
  hold(): void {
    this.#held = true;
    this.#inlet?.hold();
  }

  /** Closes the inlet, until the next `reopen()`. Idempotent. */
  close(): void {
    this.#generation += 1;
    clearInterval(this.#poll);
    clearTimeout(this.#retry);
    this.#inlet?.close();
    this.#inlet = undefined;
    this.#audioLost = false;
  }

  async #open(generation: number): Promise<void> {
    const { openInlet, inputs, layers, listenAddress, onReady, onLive } = this.#options;
    const current = () => generation === this.#generation;
    if (!current()) return;
    try {
      const inlet = await openInlet({
        inputs,
        ...(layers ? { layers } : {}),
        listenAddress,
        hold: this.#held,
        onReady: () => {
          if (!current()) return;
          this.#attempt = 0;
          onReady?.();
        },
        onLive: () => {
          if (!current()) return;
          this.#attempt = 0;
          onLive();
        },
        onRefused: (reason) => {
          if (!current()) return;
          this.#refused = true;
          this.#setBack(reason, REFUSED_PAUSE_MS, true);
        },
        onClosed: (reason) => {
          if (current()) this.#setBack(reason, this.#nextPause());
        },
      });
      if (!current()) {
        inlet.close();
        return;
      }
      this.#inlet = inlet;
      // It may have been decided otherwise while it was opened.
      if (this.#held) inlet.hold();
      else inlet.release();
      // What was released may have been refused at once.
      if (!current()) return;
      this.#watch(inlet);
      if (!this.#refused) this.#options.onOpen();
      this.#refused = false;
    } catch (error) {
      if (!current()) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#setBack(`Cannot listen for RTP: ${why}`, this.#nextPause());
    }
  }

  #setBack(reason: string, pauseMs: number, refused = false): void {
    this.close();
    this.#retry = setTimeout(() => this.reopen(), pauseMs);
    this.#options.onSetback(reason, refused);
  }

  /** The first retry is at once: a worker that died has usually a successor. */
  #nextPause(): number {
    const { backoff = DEFAULT_BACKOFF } = this.#options;
    const attempt = this.#attempt;
    this.#attempt += 1;
    return attempt === 0 ? 0 : backoffDelay(attempt - 1, Math.random(), backoff);
  }

  #watch(inlet: RtpInlet): void {
    const { limits } = this.#options;
    const began = performance.now();
    this.#flow = newFlow(began);
    this.#audio = newFlow(began);
    let reading = false;
    this.#poll = setInterval(() => {
      const stillMs = stalledFor(this.#flow, performance.now(), limits);
      if (stillMs !== undefined) {
        clearInterval(this.#poll);
        this.#options.onStalled(stillMs, this.#flow.bytes > 0);
        return;
      }
      // An inlet that does not answer counts as one without bytes.
      if (reading) return;
      reading = true;
      inlet
        .received()
        .then(
          (received) => this.#count(inlet, received),
          () => {},
        )
        .finally(() => {
          reading = false;
        });
    }, Math.min(limits.stallMs, limits.firstBytesMs) / 4);
  }

  #count(inlet: RtpInlet, received: ReceivedBytes): void {
    if (inlet !== this.#inlet) return;
    const now = performance.now();
    const first =
      this.#flow.bytes + this.#audio.bytes === 0 && (received[this.#lead] > 0 || received.audio > 0);
    this.#flow = advanceFlow(this.#flow, received[this.#lead], now);
    if (this.#followed) this.#countAudio(received.audio, now);
    if (first) this.#options.onBytes();
  }

  #countAudio(bytes: number, now: number): void {
    const { limits, onAudioLost, onAudioBack } = this.#options;
    const flows = bytes > this.#audio.bytes;
    this.#audio = advanceFlow(this.#audio, bytes, now);
    if (flows && this.#audioLost) {
      this.#audioLost = false;
      onAudioBack?.();
    }
    // By how far video is ahead: when both stop, that is a stall and nothing else.
    const stillMs = stalledFor(this.#audio, this.#flow.movedAt, limits);
    if (stillMs === undefined || this.#audioLost || this.#flow.bytes === 0) return;
    this.#audioLost = true;
    onAudioLost?.(stillMs, this.#audio.bytes > 0);
  }
}
