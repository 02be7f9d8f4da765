import type { Consumer } from 'mediasoup/types';
import { firstChoice, type LayerChoice, nextChoice, type PathSample } from './layer-choice.ts';
import { Patrol } from './patrol.ts';

/** A viewer whose layers are chosen here. */
export interface GuardedViewer {
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
 * the client did not offer.
 */
export class LayerGuard {
  readonly #patrol = new Patrol<GuardedViewer>(INTERVAL, (viewer) => this.#look(viewer));
  readonly #guarded = new Map<GuardedViewer, Guarded | undefined>();

  /** Guards a viewer until it is removed. */
  add(viewer: GuardedViewer): void {
    this.#guarded.set(viewer, undefined);
    this.#patrol.add(viewer);
  }

  remove(viewer: GuardedViewer): void {
    this.#guarded.delete(viewer);
    this.#patrol.delete(viewer);
  }

  async #look(viewer: GuardedViewer): Promise<void> {
    // It may go meanwhile, or its worker.
    await this.#choose(viewer).catch(() => {});
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
      // What the path was trusted with before may mean another layer of this broadcast.
      await limit(viewer, choice, highest);
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
    if (choice.layer !== before.choice.layer) await limit(viewer, choice, highest);
  }
}

function limit(viewer: GuardedViewer, { layer }: LayerChoice, highest: number): Promise<void> {
  return viewer.limitLayer(layer < highest ? layer : null);
}
