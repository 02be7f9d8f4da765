import type { RtpInput } from '@spillway/protocol';
import { type BackoffLimits, backoffDelay, DEFAULT_BACKOFF } from './backoff.ts';
import { advanceFlow, type Flow, type FlowLimits, newFlow, stalledFor } from './flow.ts';
import type { OpenInlet, RtpInlet } from './inlet.ts';

/** Milliseconds until a source that was refused asks for its room again. */
const REFUSED_PAUSE_MS = 3000;

export interface InletKeeperOptions {
  readonly openInlet: OpenInlet;
  readonly inputs: readonly RtpInput[];
  readonly listenAddress: string;
  readonly limits: FlowLimits;
  /** An inlet is open and waits for media. Not called after a refusal, which the next one may well repeat. */
  readonly onOpen: () => void;
  /** The first bytes since the inlet was opened. */
  readonly onBytes: () => void;
  readonly onLive: () => void;
  /**
   * Media has stopped, or has not begun in time (`flowed` false). The owner decides what to do: `reopen()` at least,
   * because the inlet listens to its first sender only.
   */
  readonly onStalled: (stillMs: number, flowed: boolean) => void;
  /** The inlet was refused or lost or could not be opened. It is opened again by itself. */
  readonly onSetback: (reason: string) => void;
  readonly backoff?: BackoffLimits;
}

/** Keeps one inlet open, with the same inputs, whatever happens to it, and watches its bytes. */
export class InletKeeper {
  readonly #options: InletKeeperOptions;
  /** Counts the inlets wanted so far; what an older one still says is not heard. */
  #generation = 0;
  #inlet: RtpInlet | undefined;
  #flow: Flow = newFlow(0);
  #poll: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  #refused = false;
  /** One at a time: two inlets cannot have the same ports. */
  #opening: Promise<void> = Promise.resolve();

  constructor(options: InletKeeperOptions) {
    this.#options = options;
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
  }

  /** Closes the inlet, until the next `reopen()`. Idempotent. */
  close(): void {
    this.#generation += 1;
    clearInterval(this.#poll);
    clearTimeout(this.#retry);
    this.#inlet?.close();
    this.#inlet = undefined;
  }

  async #open(generation: number): Promise<void> {
    const { openInlet, inputs, listenAddress, onLive } = this.#options;
    const current = () => generation === this.#generation;
    if (!current()) return;
    try {
      const inlet = await openInlet({
        inputs,
        listenAddress,
        onLive: () => {
          if (!current()) return;
          this.#attempt = 0;
          onLive();
        },
        onRefused: (reason) => {
          if (!current()) return;
          this.#setBack(reason, REFUSED_PAUSE_MS);
          this.#refused = true;
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
      this.#watch(inlet);
      if (!this.#refused) this.#options.onOpen();
      this.#refused = false;
    } catch (error) {
      if (!current()) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#setBack(`Cannot listen for RTP: ${why}`, this.#nextPause());
    }
  }

  #setBack(reason: string, pauseMs: number): void {
    this.close();
    this.#retry = setTimeout(() => this.reopen(), pauseMs);
    this.#options.onSetback(reason);
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
    this.#flow = newFlow(performance.now());
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
        .bytesReceived()
        .then(
          (bytes) => this.#count(inlet, bytes),
          () => {},
        )
        .finally(() => {
          reading = false;
        });
    }, limits.stallMs / 4);
  }

  #count(inlet: RtpInlet, bytes: number): void {
    if (inlet !== this.#inlet) return;
    const first = this.#flow.bytes === 0 && bytes > 0;
    this.#flow = advanceFlow(this.#flow, bytes, performance.now());
    if (first) this.#options.onBytes();
  }
}
