import type { BroadcastTrack, Room } from '@spillway/sfu';
import type { EventStream } from './event-stream.ts';
import { type LayerReport, reportLayers } from './layer-report.ts';

/** One stream of events, and where its client has the video. */
export interface Listener {
  readonly stream: EventStream;
  /** Index of the m-line of the video; -1 without one. */
  readonly videoLine: number;
}

/** Tells the streams of one room what happens there. However many they are, the room has one listener. */
export class RoomEvents {
  readonly #room: Room;
  readonly #listeners = new Set<Listener>();
  readonly #handleChange = () => void this.#tellChange();
  readonly #handleRebuilt = () => this.#tellAll((stream) => stream.push('reconnect'));
  #live: boolean;
  #viewers: number;
  #layers: LayerReport | undefined;

  constructor(room: Room) {
    this.#room = room;
    this.#live = room.state === 'live';
    this.#viewers = room.viewers.size;
    room.on('change', this.#handleChange);
    room.on('rebuilt', this.#handleRebuilt);
  }

  get size(): number {
    return this.#listeners.size;
  }

  get streams(): EventStream[] {
    return [...this.#listeners].map(({ stream }) => stream);
  }

  /** Adds a stream, and tells it how things are. */
  add(listener: Listener): void {
    const { stream } = listener;
    this.#listeners.add(listener);
    if (this.#live) stream.push('active');
    stream.push('viewercount', { viewercount: this.#room.viewers.size });
    if (this.#layers) tellLayers(listener, this.#layers);
    else void this.refreshLayers();
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Stops listening to the room. */
  close(): void {
    this.#room.off('change', this.#handleChange);
    this.#room.off('rebuilt', this.#handleRebuilt);
  }

  /** Tells how many watch, if that has changed. */
  refreshViewers(): void {
    const viewers = this.#room.viewers.size;
    if (viewers === this.#viewers) return;
    this.#viewers = viewers;
    this.#tellAll((stream) => stream.push('viewercount', { viewercount: viewers }));
  }

  /** Tells which layers there are, if that has changed. */
  async refreshLayers(): Promise<void> {
    if (!this.#listeners.values().some(({ stream }) => stream.wants('layers'))) return;
    const layers = await reportLayers(this.#track);
    if (layers.key === this.#layers?.key) return;
    this.#layers = layers;
    for (const listener of this.#listeners) tellLayers(listener, layers);
  }

  get #track(): BroadcastTrack | undefined {
    return this.#room.broadcast?.tracks.get('video');
  }

  async #tellChange(): Promise<void> {
    const live = this.#room.state === 'live';
    if (live !== this.#live) {
      this.#live = live;
      this.#tellAll((stream) => stream.push(live ? 'active' : 'inactive'));
    }
    await this.refreshLayers();
  }

  #tellAll(tell: (stream: EventStream) => void): void {
    for (const { stream } of this.#listeners) tell(stream);
  }
}

function tellLayers({ stream, videoLine }: Listener, { layers }: LayerReport): void {
  if (videoLine >= 0) stream.push('layers', { [videoLine]: layers });
}
