import { type CreateSourceOptions, createSource, type OpenInlet, type Source } from '@spillway/ingest';
import type { RoomInfo, SourceConfig } from '@spillway/protocol';
import type { Room } from '@spillway/sfu';
import type { RoomRecord } from './room-record.ts';

/** What all sources of the server share. */
export type SourceSettings = Pick<
  CreateSourceOptions,
  'ports' | 'logger' | 'ffmpegPath' | 'announcedAddress'
>;

/** A room as the server keeps it: what is stored of it, its SFU room, its source. */
export class ManagedRoom {
  readonly room: Room;
  /** From the configuration file: the API does not change it. */
  readonly configured: boolean;
  record: RoomRecord;
  /** When it was last in use. Milliseconds since 1970. */
  usedAt = Date.now();
  readonly #settings: SourceSettings;
  #source: Source | undefined;

  constructor(room: Room, record: RoomRecord, configured: boolean, settings: SourceSettings) {
    this.room = room;
    this.record = record;
    this.configured = configured;
    this.#settings = settings;
    room.on('change', () => {
      this.usedAt = Date.now();
    });
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** Whether nobody broadcasts or watches, and no source is set. */
  get idle(): boolean {
    return this.room.state === 'offline' && this.room.viewers.size === 0 && !this.#source;
  }

  /**
   * Replaces the source and starts the new one.
   *
   * @param saved what the source wanted kept before a restart of the server
   * @throws when no ports are left
   */
  async setSource(config: SourceConfig, saved?: unknown): Promise<Source> {
    await this.removeSource();
    // The broadcast that the source's inlets take turns in.
    const owner: { resume?: string } = {};
    const openInlet: OpenInlet = (options) => this.room.openInlet(options, owner);
    const source = await createSource({ ...this.#settings, room: this.room.name, config, openInlet, saved });
    this.#source = source;
    if (this.room.closed) source.close();
    else source.start();
    return source;
  }

  /** Ends the source and its broadcast. */
  async removeSource(): Promise<void> {
    const source = this.#source;
    if (!source) return;
    this.#source = undefined;
    source.close();
    if (this.room.broadcast?.broadcaster === 'source') this.room.broadcast.end('its source was removed');
    await source.gone;
  }

  /** Idempotent. */
  async close(reason: string): Promise<void> {
    this.#source?.close();
    this.room.close(reason);
    await this.#source?.gone;
  }

  /** @param operator whether the reader may see the source, which names addresses of the machine */
  info(operator: boolean): RoomInfo {
    const { broadcast, state, viewers } = this.room;
    return {
      name: this.record.name,
      state,
      createdAt: this.record.createdAt,
      viewers: viewers.size,
      listed: this.record.listed,
      hasPublishKey: this.record.publishKeyHash !== undefined,
      ...(broadcast && state !== 'offline' ? { broadcast: broadcast.info } : {}),
      ...(operator && this.#source ? { source: this.#source.status() } : {}),
    };
  }
}
