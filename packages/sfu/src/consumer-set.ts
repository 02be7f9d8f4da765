import type { MediaKind } from '@spillway/protocol';
import type { Consumer } from 'mediasoup/types';
import { unlessGone } from './gone.ts';

const kinds = ['audio', 'video'] as const;

/** Above the highest spatial layer that there is, mediasoup takes the highest. */
const ANY_LAYER = 3;

/** What is forwarded to one viewer, and which layers of it. */
export class ConsumerSet {
  /** By kind, the newest last; earlier ones go when the client plays the newest. */
  readonly #consumers: Record<MediaKind, Consumer[]> = { audio: [], video: [] };
  /** What the client asks for, and what its path is trusted with: the lower one counts. */
  #spatialLayer: number | null = null;
  #temporalLayer: number | null = null;
  #layerLimit: number | null = null;

  get all(): Consumer[] {
    return [...this.#consumers.audio, ...this.#consumers.video];
  }

  newest(kind: MediaKind): Consumer | undefined {
    return this.#consumers[kind].at(-1);
  }

  /** Keeps a consumer until it is closed. */
  async add(consumer: Consumer): Promise<void> {
    const list = this.#consumers[consumer.kind];
    list.push(consumer);
    consumer.observer.once('close', () => {
      const position = list.indexOf(consumer);
      if (position >= 0) list.splice(position, 1);
    });
    if (consumer.kind === 'video') await this.#applyLayers();
  }

  /** Resumes the newest of each kind that is named; those before it go. */
  async play(ids: readonly string[]): Promise<void> {
    await Promise.all(
      kinds.map(async (kind) => {
        const consumers = this.#consumers[kind];
        const ready = consumers.findLast((consumer) => ids.includes(consumer.id));
        if (!ready || ready.closed) return;
        await unlessGone(ready, ready.resume());
        if (ready.closed) return;
        for (const earlier of consumers.slice(0, consumers.indexOf(ready))) earlier.close();
      }),
    );
  }

  async pause(): Promise<void> {
    await Promise.all(this.all.map((consumer) => unlessGone(consumer, consumer.pause())));
  }

  /** Highest spatial and temporal layer to forward; null for all that the network carries. */
  async setLayer(spatialLayer: number | null, temporalLayer: number | null): Promise<void> {
    this.#spatialLayer = spatialLayer;
    this.#temporalLayer = temporalLayer;
    await this.#applyLayers();
  }

  /** Bounds the layer whatever the client asks for; null does not. */
  async limitLayer(layer: number | null): Promise<void> {
    this.#layerLimit = layer;
    await this.#applyLayers();
  }

  close(kind: MediaKind): void {
    for (const consumer of [...this.#consumers[kind]]) consumer.close();
  }

  closeAll(): void {
    for (const kind of kinds) this.close(kind);
  }

  async #applyLayers(): Promise<void> {
    const consumer = this.newest('video');
    if (!consumer || consumer.type === 'simple') return;
    const layers = {
      spatialLayer: Math.min(this.#spatialLayer ?? ANY_LAYER, this.#layerLimit ?? ANY_LAYER),
      ...(this.#temporalLayer === null ? {} : { temporalLayer: this.#temporalLayer }),
    };
    await unlessGone(consumer, consumer.setPreferredLayers(layers));
  }
}
