import type { Ingest, OpenInlet, RoomSource } from '@spillway/ingest';
import type { RoomInfo, RoomSourceConfig, SourceEvent } from '@spillway/protocol';
import type { Room } from '@spillway/sfu';
import type { RoomRecord } from './room-record.ts';

/** Where rooms get their sources, and who hears of them. */
export interface SourceSettings {
  readonly ingest: Ingest;
  readonly onSourceEvent: (event: SourceEvent) => void;
}

/** A room as the server keeps it: what is stored of it, its SFU room, its source. */
export class ManagedRoom {
  readonly room: Room;
  /** From the configuration file: the API does not change it. */
  readonly configured: boolean;
  record: RoomRecord;
  /** When it was last in use. Milliseconds since 1970. */
  usedAt = Date.now();
  readonly #settings: SourceSettings;
  #source: RoomSource | undefined;

  constructor(room: Room, record: RoomRecord, configured: boolean, settings: SourceSettings) {
    this.room = room;
    this.record = record;
    this.configured = configured;
    this.#settings = settings;
    room.on('change', () => {
      this.usedAt = Date.now();
    });
    room.on('viewers', (count) => this.#source?.setViewers(count));
  }

  get source(): RoomSource | undefined {
    return this.#source;
  }

  /** Whether nobody broadcasts or watches, and no source is set. */
  get idle(): boolean {
    return this.room.state === 'offline' && this.room.viewers.size === 0 && !this.#source;
  }

  /**
   * Replaces the source and starts the new one, which keeps the ports and keys of one of the same types.
   *
   * @param saved what the source wanted kept before a restart of the server
   * @throws {InputError} when the configuration cannot be; the present source stays
   * @throws when no ports are left
   */
  async setSource(config: RoomSourceConfig, saved: unknown = this.#kept(config)): Promise<void> {
    this.#settings.ingest.check(config);
    const before = this.#source;
    await this.removeSource();
    try {
      await this.#makeSource(config, saved);
    } catch (error) {
      // Its ports are free: it can be made again.
      if (before) await this.#makeSource(before.config, before.persisted());
      throw error;
    }
  }

  async #makeSource(config: RoomSourceConfig, saved: unknown): Promise<void> {
    // The broadcast that the source's inlets take turns in.
    const owner: { resume?: string } = {};
    const { ingest, onSourceEvent } = this.#settings;
    const { room } = this;
    const openInlet: OpenInlet = (options) => room.openInlet(options, owner);
    const source = await ingest.createRoomSource({
      ...{ room: room.name, config, openInlet, saved, viewers: room.viewers.size },
      onChange: (index, change) => {
        if (change) onSourceEvent({ room: room.name, index, ...change });
      },
      onIdle: (reason) => this.#endBroadcast(reason),
    });
    this.#source = source;
    if (room.closed) source.close();
    else source.setViewers(room.viewers.size);
  }

  /** Ends the source and its broadcast. */
  async removeSource(): Promise<void> {
    const source = this.#source;
    if (!source) return;
    this.#source = undefined;
    source.close();
    this.#endBroadcast('its source was removed');
    await source.gone;
  }

  /** Idempotent. */
  async close(reason: string): Promise<void> {
    this.#source?.close();
    this.room.close(reason);
    await this.#source?.gone;
  }

  /** What a new source may have of the present one: encoders go on pushing to where they pushed. */
  #kept(config: RoomSourceConfig): unknown {
    const types = (of: RoomSourceConfig) => [of.type, ...(of.backups ?? []).map(({ type }) => type)].join();
    const present = this.#source;
    if (!present || types(present.config) !== types(config)) return undefined;
    return { ...present.persisted(), stopped: false };
  }

  #endBroadcast(reason: string): void {
    if (this.room.broadcast?.broadcaster === 'source') this.room.broadcast.end(reason);
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
