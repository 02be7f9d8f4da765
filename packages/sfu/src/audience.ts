import type {
  DtlsParameters,
  Playback,
  RtpCapabilities,
  TransportParameters,
  VideoCodec,
} from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { Broadcast } from './broadcast.ts';
import { CodecCensus } from './codec-census.ts';
import { forEachOf } from './for-each-of.ts';
import { LayerGuard } from './layer-guard.ts';
import { NegotiatedViewer, type Negotiation, type Watches } from './negotiated-viewer.ts';
import { SilenceWatch } from './silence-watch.ts';
import { type Enter, Viewer } from './viewer.ts';

export interface AudienceOptions {
  /** Name of the room. */
  readonly room: string;
  /** Viewers at most. */
  readonly maxViewers: number;
  /** When a negotiated viewer is gone that is sent media and says nothing. Milliseconds. */
  readonly viewerSilenceMs: number;
  readonly enter: Enter;
  readonly findBroadcast: () => Broadcast | undefined;
  /** One was added or is gone. */
  readonly onCount: (count: number) => void;
  /** A viewer cannot decode the broadcast's video. */
  readonly onUnsupported: () => void;
}

/** How often negotiated viewers are listened for at least. Milliseconds. */
const SILENCE_INTERVAL = 5000;

/** Viewers that are moved to a changed broadcast at the same time. */
const SYNC_CONCURRENCY = 32;

/** The viewers of a room, who follow its broadcast. */
export class Audience {
  readonly #options: AudienceOptions;
  readonly #viewers = new Map<string, Viewer>();
  readonly #codecs = new CodecCensus();
  readonly #watches: Watches;
  /** Those whose transports are gone, and who are to be told. */
  readonly #lost = new Set<Viewer>();
  #syncScheduled = false;
  #closed = false;

  constructor(options: AudienceOptions) {
    this.#options = options;
    const { viewerSilenceMs: limitMs } = options;
    const intervalMs = Math.min(limitMs / 5, SILENCE_INTERVAL);
    this.#watches = {
      silence: new SilenceWatch({ intervalMs, limitMs, whileSending: true }),
      layers: new LayerGuard(),
    };
  }

  get viewers(): ReadonlyMap<string, Viewer> {
    return this.#viewers;
  }

  /** Video codecs that every viewer decodes. */
  get commonCodecs(): VideoCodec[] {
    return this.#codecs.common;
  }

  /** @throws {SpillwayError} `too-many` when the room is full */
  add(id: string, capabilities: RtpCapabilities, client?: string): Viewer;
  add(id: string, capabilities: RtpCapabilities, negotiation: Negotiation): NegotiatedViewer;
  add(id: string, capabilities: RtpCapabilities, who?: string | Negotiation): Viewer;
  add(id: string, capabilities: RtpCapabilities, who?: string | Negotiation): Viewer {
    const { room, maxViewers, onCount } = this.#options;
    if (this.#viewers.size >= maxViewers) {
      throw new SpillwayError('too-many', `room ${room} is full (${maxViewers} viewers)`);
    }
    const viewer =
      typeof who === 'object'
        ? new NegotiatedViewer(id, capabilities, who, this.#watches)
        : new Viewer(id, capabilities, { by: 'signaling', client: who });
    this.#viewers.set(viewer.id, viewer);
    this.#codecs.add(viewer.videoCodecs);
    viewer.once('closed', () => {
      this.#codecs.remove(viewer.videoCodecs);
      if (this.#viewers.get(id) !== viewer) return;
      this.#viewers.delete(id);
      this.#lost.delete(viewer);
      if (!this.#closed) onCount(this.#viewers.size);
    });
    onCount(this.#viewers.size);
    return viewer;
  }

  /** @param bounded whether it is refused rather than wait for too long until it may join */
  async watch(viewer: Viewer, bounded: boolean): Promise<Playback> {
    const { enter, findBroadcast, onUnsupported } = this.#options;
    const playback = await viewer.watch(enter, findBroadcast, bounded);
    if (playback.unsupportedCodec) onUnsupported();
    return playback;
  }

  join(viewer: NegotiatedViewer, dtlsParameters: DtlsParameters): Promise<TransportParameters> {
    const { enter, findBroadcast } = this.#options;
    return orClose(viewer, viewer.join(enter, findBroadcast, dtlsParameters));
  }

  prepare(viewer: NegotiatedViewer): Promise<TransportParameters> {
    const { enter, findBroadcast } = this.#options;
    return orClose(viewer, viewer.prepare(enter, findBroadcast));
  }

  /** Moves all to what is broadcast now. Audio and video of one broadcaster change together: one round for both. */
  sync(): void {
    if (this.#syncScheduled) return;
    this.#syncScheduled = true;
    setImmediate(() => {
      this.#syncScheduled = false;
      void this.#sync();
    });
  }

  /** The transports of those on a worker went with it. */
  reset(workerIndex: number): void {
    for (const viewer of this.#viewers.values()) {
      if (viewer.workerIndex !== workerIndex) continue;
      viewer.reset();
      this.#lost.add(viewer);
    }
  }

  /** Those whose transports are gone have a place again: they come back, or end. */
  recall(reason: string): void {
    const lost = [...this.#lost];
    this.#lost.clear();
    for (const viewer of lost) {
      if (!viewer.closed) viewer.lose(reason);
    }
  }

  /** Idempotent. */
  close(reason: string): void {
    this.#closed = true;
    for (const viewer of [...this.#viewers.values()]) viewer.close(reason);
  }

  async #sync(): Promise<void> {
    const move = async (viewer: Viewer) => {
      try {
        await viewer.present(await this.watch(viewer, false));
      } catch (error) {
        // One whose worker died before its place was known is told here, as it is in nobody's list.
        const died = error instanceof SpillwayError && error.code === 'unavailable';
        if (died && !viewer.closed && !this.#closed) viewer.lose(error.message);
      }
    };
    const viewers = [...this.#viewers.values()];
    const placed = viewers.filter(({ workerIndex }) => workerIndex !== undefined);
    // The others wait for their turns to join, all of them at once: who came first is first.
    const others = viewers.filter(({ workerIndex }) => workerIndex === undefined);
    await Promise.all([forEachOf(placed, move, SYNC_CONCURRENCY), ...others.map(move)]);
  }
}

/** A viewer that cannot join is gone. */
async function orClose<T>(viewer: Viewer, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    viewer.close('it could not join');
    throw error;
  }
}
