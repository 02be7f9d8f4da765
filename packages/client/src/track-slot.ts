import type { types } from 'mediasoup-client';

const POLL_MS = 50;
/** A broadcaster that changes over may be without a kind for a moment. */
const CLEAR_SOON_MS = 1500;

/**
 * The place of one kind of media in a stream. A new video track takes the place of the present one at its first decoded
 * frame, so that the picture never goes black in between; audio takes it at once.
 */
export class TrackSlot {
  readonly #stream: MediaStream;
  readonly #changed: () => void;
  #present: types.Consumer | undefined;
  #successor: types.Consumer | undefined;
  #clearTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed Called when the stream's track of this kind has changed, and the replaced consumer is closed. */
  constructor(stream: MediaStream, changed: () => void) {
    this.#stream = stream;
    this.#changed = changed;
  }

  /** The consumer whose track is in the stream. */
  get present(): types.Consumer | undefined {
    return this.#present;
  }

  /** The consumer that was taken last, shown or not yet. */
  get newest(): types.Consumer | undefined {
    return this.#successor ?? this.#present;
  }

  /** Takes a consumer, which is the slot's to close from now on. */
  take(consumer: types.Consumer): void {
    this.keep();
    this.#successor?.close();
    this.#successor = undefined;
    if (!this.#present || consumer.kind === 'audio') {
      this.#show(consumer);
      return;
    }
    this.#successor = consumer;
    void firstFrame(consumer).then(() => {
      if (this.#successor === consumer) this.#show(consumer);
    });
  }

  /** Drops the media, unless `take()` or `keep()` come within 1.5 s: until then the last frame stays. */
  clearSoon(): void {
    this.#clearTimer ??= setTimeout(() => this.clear(), CLEAR_SOON_MS);
  }

  /** Takes back a `clearSoon()`. */
  keep(): void {
    clearTimeout(this.#clearTimer);
    this.#clearTimer = undefined;
  }

  /** Drops the media. */
  clear(): void {
    this.keep();
    const had = this.#present ?? this.#successor;
    this.#successor?.close();
    this.#successor = undefined;
    this.#remove(this.#present);
    this.#present = undefined;
    if (had) this.#changed();
  }

  #show(consumer: types.Consumer): void {
    const old = this.#present;
    this.#successor = undefined;
    this.#present = consumer;
    this.#stream.addTrack(consumer.track);
    this.#remove(old);
    this.#changed();
  }

  #remove(consumer: types.Consumer | undefined): void {
    if (!consumer) return;
    this.#stream.removeTrack(consumer.track);
    consumer.close();
  }
}

/** Waits until a consumer has decoded a frame, or is closed. */
async function firstFrame(consumer: types.Consumer): Promise<void> {
  while (!consumer.closed) {
    const report = await consumer.getStats().catch(() => undefined);
    if (report && hasDecoded(report)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function hasDecoded(report: RTCStatsReport): boolean {
  for (const stats of report.values()) {
    if (stats.type === 'inbound-rtp' && stats.framesDecoded > 0) return true;
  }
  return false;
}
