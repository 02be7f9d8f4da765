import type { Room } from '@spillway/sfu';
import { type Listener, RoomEvents } from './room-events.ts';

/** How often streams are told how many watch. Milliseconds. */
const VIEWERS_INTERVAL = 1000;

/** Layers are looked at every so many times. */
const LAYERS_EVERY = 5;

/** How long the end of the server waits for readers to be told. Milliseconds. */
const CLOSE_LIMIT = 1000;

/** Brings what happens in rooms to streams of events. One timer for all, and none while there is no stream. */
export class PlayEvents {
  readonly #rooms = new Map<Room, RoomEvents>();
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  /** @returns stops telling the stream; idempotent */
  listen(room: Room, listener: Listener): () => void {
    const events = this.#rooms.get(room) ?? new RoomEvents(room);
    this.#rooms.set(room, events);
    events.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), VIEWERS_INTERVAL);
    return () => {
      events.remove(listener);
      if (events.size > 0 || this.#rooms.get(room) !== events) return;
      events.close();
      this.#rooms.delete(room);
      if (this.#rooms.size === 0) this.#stop();
    };
  }

  /** Tells all clients to come back later, and waits a moment until they know. */
  async close(): Promise<void> {
    this.#stop();
    const streams = [...this.#rooms.values()].flatMap((events) => events.streams);
    for (const stream of streams) {
      stream.push('reconnect');
      stream.close();
    }
    const told = Promise.all(streams.map((stream) => stream.whenRead()));
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, CLOSE_LIMIT);
    await Promise.race([told, limit.promise]);
    clearTimeout(timer);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#ticks += 1;
    for (const events of this.#rooms.values()) {
      events.refreshViewers();
      if (this.#ticks % LAYERS_EVERY === 0) void events.refreshLayers();
    }
  }
}
