import { EventEmitter } from 'node:events';
import type { RoomSourceStatus, SourceEvent } from '@spillway/protocol';

/** Tells what happens to the sources of all rooms. */
export class SourceFeed extends EventEmitter<{ source: [SourceEvent] }> {
  readonly #statuses: () => Iterable<{ readonly room: string; readonly source: RoomSourceStatus }>;

  /** @param statuses of all rooms that have a source */
  constructor(statuses: () => Iterable<{ readonly room: string; readonly source: RoomSourceStatus }>) {
    super();
    this.#statuses = statuses;
    // Each reader listens.
    this.setMaxListeners(0);
  }

  /** How every source does now. */
  now(): SourceEvent[] {
    return [...this.#statuses()].flatMap(({ room, source }) =>
      [source, ...source.backups].map(({ state, since, reason }, index) => ({
        ...{ room, index, state, at: since, reason },
      })),
    );
  }
}
