const POLL_MS = 50;
/** A broadcaster that changes over may be without a kind for a moment. */
const CLEAR_SOON_MS = 1500;

/** One received medium, such as a consumer of mediasoup-client. */
export interface ReceivedMedium {
  readonly kind: 'audio' | 'video';
  readonly track: MediaStreamTrack;
  readonly closed: boolean;
  close(): void;
  getStats(): Promise<RTCStatsReport>;
}

/**
 * The place of one kind of media in a stream. A new video track takes the place of the present one at its first decoded
 * frame, so that the picture never goes black in between; audio takes it at once.
 */
export class TrackSlot<Medium extends ReceivedMedium> {
  readonly #stream: MediaStream;
  readonly #changed: () => void;
  #present: Medium | undefined;
  #successor: Medium | undefined;
  #clearTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed Called when the stream's track of this kind has changed, and the replaced medium is closed. */
  constructor(stream: MediaStream, changed: () => void) {
    this.#stream = stream;
    this.#changed = changed;
  }

  /** The medium whose track is in the stream. */
  get present(): Medium | undefined {
    return this.#present;
  }

  /** The medium that was taken last, shown or not yet. */
  get newest(): Medium | undefined {
    return this.#successor ?? this.#present;
  }

  /** Takes a medium, which is the slot's to close from now on. */
  take(medium: Medium): void {
    this.keep();
    this.#successor?.close();
    this.#successor = undefined;
    if (!this.#present || medium.kind === 'audio') {
      this.#show(medium);
      return;
    }
    this.#successor = medium;
    void firstFrame(medium).then(() => {
      if (this.#successor === medium) this.#show(medium);
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

  #show(medium: Medium): void {
    const old = this.#present;
    this.#successor = undefined;
    this.#present = medium;
    // In this order: Firefox goes on showing the track that it has, gone or not, when another is added to it.
    this.#remove(old);
    this.#stream.addTrack(medium.track);
    this.#changed();
  }

  #remove(medium: Medium | undefined): void {
    if (!medium) return;
    this.#stream.removeTrack(medium.track);
    medium.close();
  }
}

/** Waits until a medium has decoded a frame, or is closed. */
async function firstFrame(medium: ReceivedMedium): Promise<void> {
  while (!medium.closed) {
    const report = await medium.getStats().catch(() => undefined);
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
