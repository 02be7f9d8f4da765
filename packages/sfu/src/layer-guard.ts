import type { Consumer } from 'mediasoup/types';
import { firstChoice, type LayerChoice, nextChoice, type PathSample } from './layer-choice.ts';

/** A viewer whose layers are chosen here. */
export interface GuardedViewer {
  readonly closed: boolean;
  /** What is forwarded to it now. */
  readonly consumers: readonly Consumer[];
  /** Bounds its layer; null does not. */
  limitLayer(layer: number | null): Promise<void>;
}

interface Guarded {
  consumerId: string;
  sent: number;
  lost: number;
  choice: LayerChoice;
}

/** Between two looks at all paths. Milliseconds. */
const INTERVAL = 2000;

/** Statistics that are fetched at the same time. */
const CONCURRENCY = 64;

const CONGESTION_CONTROL = /transport-wide-cc|abs-send-time/;

/** Whether the worker chooses the layers of a consumer by itself, from an estimate of the bandwidth. */
function isEstimated({ rtpParameters }: Consumer): boolean {
  return (rtpParameters.headerExtensions ?? []).some(({ uri }) => CONGESTION_CONTROL.test(uri));
}

/** The layers of a consumer, from its `scalabilityMode`. */
function highestLayer({ rtpParameters }: Consumer): number {
  const [, layers = '1'] = /^[LS](\d+)/.exec(rtpParameters.encodings?.[0]?.scalabilityMode ?? '') ?? [];
  return Number(layers) - 1;
}

/**
 * Chooses layers for viewers of whose path the worker has no estimate: an estimate needs header extensions under ids that
 * the client did not offer. One timer for all viewers, and none while there is none.
 */
export class LayerGuard {
  readonly #guarded = new Map<GuardedViewer, Guarded | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  /** Guards a viewer until it is closed. */
  add(viewer: GuardedViewer): void {
    this.#guarded.set(viewer, undefined);
    this.#timer ??= setInterval(() => void this.#look(), INTERVAL);
  }

  remove(viewer: GuardedViewer): void {
    this.#guarded.delete(viewer);
    if (this.#guarded.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const waiting = [...this.#guarded.keys()].values();
    const look = async () => {
      for (const viewer of waiting) await this.#choose(viewer).catch(() => {});
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, look));
    this.#looking = false;
  }

  async #choose(viewer: GuardedViewer): Promise<void> {
    const consumer = viewer.consumers.findLast(({ kind, closed }) => kind === 'video' && !closed);
    if (!consumer || consumer.type === 'simple' || isEstimated(consumer)) return;
    const stats = (await consumer.getStats()).find(({ type }) => type === 'outbound-rtp');
    if (!stats || consumer.closed || !this.#guarded.has(viewer)) return;
    const { packetCount: sent, packetsLost: lost, roundTripTime } = stats;
    const highest = highestLayer(consumer);
    const now = performance.now();
    const before = this.#guarded.get(viewer);
    if (before?.consumerId !== consumer.id) {
      const choice = before?.choice ?? firstChoice(highest, now);
      this.#guarded.set(viewer, { consumerId: consumer.id, sent, lost, choice });
      return;
    }
    const sample: PathSample = {
      sent: sent - before.sent,
      lost: Math.max(0, lost - before.lost),
      // 0 is what the worker has before the first report.
      roundTripTime: roundTripTime || undefined,
    };
    const choice = nextChoice(before.choice, sample, highest, now);
    this.#guarded.set(viewer, { consumerId: consumer.id, sent, lost, choice });
    if (choice.layer !== before.choice.layer) {
      await viewer.limitLayer(choice.layer < highest ? choice.layer : null);
    }
  }
}
