import { type RoomCreate, type RoomPatch, type RoomSourceConfig, SpillwayError } from '@spillway/protocol';
import type { Sfu } from '@spillway/sfu';
import type { FastifyBaseLogger } from 'fastify';
import { hashPublishKey } from '../auth/publish-key.ts';
import { ManagedRoom, type SourceSettings } from './managed-room.ts';
import { freeRoomCode } from './room-code.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomStore } from './room-store.ts';

/** A room of the configuration file. */
export interface ConfiguredRoom {
  readonly name: string;
  readonly listed: boolean;
  readonly publishKey?: string;
  readonly source?: RoomSourceConfig;
}

export interface RoomDirectoryOptions {
  readonly sfu: Sfu;
  readonly store: RoomStore;
  readonly configured: readonly ConfiguredRoom[];
  readonly sources: SourceSettings;
  /** After how long an unused room with a generated code is removed. Milliseconds. */
  readonly codeLifetimeMs: number;
  readonly log: FastifyBaseLogger;
}

/** How often unused rooms are looked for. Milliseconds. */
const SWEEP_INTERVAL = 60_000;

/**
 * The rooms of the server: those of the configuration file and those made by API or page. Changes are stored before
 * they are acknowledged, and run one after the other.
 */
export class RoomDirectory {
  readonly #options: RoomDirectoryOptions;
  readonly #rooms = new Map<string, ManagedRoom>();
  readonly #sweepTimer: NodeJS.Timeout;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * Makes all rooms and starts their sources.
   *
   * @throws when a room of the configuration cannot be made
   */
  static async open(options: RoomDirectoryOptions): Promise<RoomDirectory> {
    const directory = new RoomDirectory(options);
    try {
      await directory.#load();
    } catch (error) {
      await directory.close('the server did not start');
      throw error;
    }
    return directory;
  }

  private constructor(options: RoomDirectoryOptions) {
    this.#options = options;
    this.#sweepTimer = setInterval(() => this.#sweep(), SWEEP_INTERVAL);
  }

  /** Those whose sources want their ports back come first. */
  async #load(): Promise<void> {
    const { configured, store } = this.#options;
    const records = await Promise.all(configured.map((room) => this.#configuredRecord(room)));
    const names = new Set(configured.map(({ name }) => name));
    for (const wantsPorts of [true, false]) {
      const isDue = ({ sourceState }: RoomRecord) => (sourceState !== undefined) === wantsPorts;
      for (const record of records.filter(isDue)) await this.#addConfigured(record);
      for (const record of store.list().filter(isDue)) await this.#restore(record, names);
    }
  }

  async #configuredRecord({ name, listed, publishKey, source }: ConfiguredRoom): Promise<RoomRecord> {
    const sourceState = source && this.#options.store.getConfigured(name);
    return {
      name,
      createdAt: new Date().toISOString(),
      listed,
      generated: false,
      ...(publishKey ? { publishKeyHash: await hashPublishKey(publishKey) } : {}),
      ...(source ? { source } : {}),
      ...(sourceState === undefined ? {} : { sourceState }),
    };
  }

  /** @throws {Error} which room cannot be made, and why */
  async #addConfigured(record: RoomRecord): Promise<void> {
    const { name } = record;
    let room: ManagedRoom;
    try {
      room = await this.#add(record, true);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`Room ${name} of the configuration cannot be made: ${why}`, { cause: error });
    }
    // Encoders keep the keys and ports that they were told; whether it runs is the file's business.
    const state = room.source?.persisted();
    if (state?.sources.some((one) => one !== null)) {
      await this.#options.store.putConfigured(name, { ...state, stopped: false });
    }
  }

  /** A stored room that cannot be made now stays stored, and keeps no other from being there. */
  async #restore(record: RoomRecord, configured: ReadonlySet<string>): Promise<void> {
    const { log } = this.#options;
    if (configured.has(record.name)) {
      log.warn({ room: record.name }, 'the configuration file names a stored room too; the file counts');
      return;
    }
    try {
      await this.#add(record, false);
    } catch (error) {
      log.error(
        { err: error, room: record.name },
        'a stored room could not be made; it is kept for the next start',
      );
    }
  }

  find(name: string): ManagedRoom | undefined {
    return this.#rooms.get(name);
  }

  /** @throws {SpillwayError} `not-found` */
  get(name: string): ManagedRoom {
    const room = this.#rooms.get(name);
    if (!room)
      throw new SpillwayError('not-found', `there is no room ${name}; make it with POST /api/v1/rooms`);
    return room;
  }

  list(): ManagedRoom[] {
    return [...this.#rooms.values()];
  }

  /**
   * Makes a room; without a name, one with a generated code.
   *
   * @throws {SpillwayError} `wrong-state` when the name is taken, `too-many` at the limit
   */
  create({ name, listed = true, publishKey, source }: RoomCreate): Promise<ManagedRoom> {
    return this.#enqueue(async () => {
      const code = name ?? freeRoomCode((taken) => this.#rooms.has(taken));
      if (!code) throw new SpillwayError('too-many', 'no free room code was found; name the room');
      const record: RoomRecord = {
        name: code,
        createdAt: new Date().toISOString(),
        listed,
        generated: name === undefined,
        ...(publishKey ? { publishKeyHash: await hashPublishKey(publishKey) } : {}),
        ...(source ? { source } : {}),
      };
      const room = await this.#add(record, false);
      try {
        await this.#options.store.put(room.record);
      } catch (error) {
        await this.#drop(room, 'it could not be stored');
        throw error;
      }
      return room;
    });
  }

  /** @throws {SpillwayError} `not-found`, `wrong-state` for a configured room */
  patch(name: string, { listed, publishKey }: RoomPatch): Promise<ManagedRoom> {
    return this.#enqueue(async () => {
      const room = this.#getChangeable(name);
      const { publishKeyHash, ...rest } = room.record;
      const hash = typeof publishKey === 'string' ? await hashPublishKey(publishKey) : publishKeyHash;
      await this.#store(room, {
        ...rest,
        listed: listed ?? rest.listed,
        ...(hash && publishKey !== null ? { publishKeyHash: hash } : {}),
      });
      return room;
    });
  }

  /** @throws {SpillwayError} `not-found`, `wrong-state` for a configured room */
  remove(name: string): Promise<void> {
    return this.#enqueue(async () => {
      const room = this.#getChangeable(name);
      await this.#options.store.remove(name);
      await this.#drop(room, 'the room was removed');
    });
  }

  /** @throws {SpillwayError} `not-found`, `wrong-state` for a configured room */
  setSource(name: string, config: RoomSourceConfig): Promise<ManagedRoom> {
    return this.#enqueue(async () => {
      const room = this.#getChangeable(name);
      await room.setSource(config);
      await this.#store(room, { ...withoutSource(room.record), source: config });
      return room;
    });
  }

  /** @throws {SpillwayError} `not-found`, `wrong-state` for a configured room */
  removeSource(name: string): Promise<void> {
    return this.#enqueue(async () => {
      const room = this.#getChangeable(name);
      await room.removeSource();
      await this.#store(room, withoutSource(room.record));
    });
  }

  /**
   * Starts or stops a room's source; that of a configured room until the next start of the server.
   *
   * @throws {SpillwayError} `not-found` without room or source
   */
  runSource(name: string, wanted: boolean): Promise<ManagedRoom> {
    return this.#enqueue(async () => {
      const room = this.get(name);
      if (!room.source) {
        throw new SpillwayError(
          'not-found',
          `room ${name} has no source; set one with PUT /api/v1/rooms/${name}/source`,
        );
      }
      if (wanted) room.source.start();
      else room.source.stop();
      if (!room.configured) await this.#store(room, room.record);
      return room;
    });
  }

  /** Ends all rooms and their sources. */
  async close(reason: string): Promise<void> {
    clearInterval(this.#sweepTimer);
    await this.#queue;
    await Promise.all([...this.#rooms.values()].map((room) => room.close(reason)));
    this.#rooms.clear();
  }

  #getChangeable(name: string): ManagedRoom {
    const room = this.get(name);
    if (room.configured) {
      throw new SpillwayError('wrong-state', `room ${name} is set in the configuration; change it there`);
    }
    return room;
  }

  async #add(record: RoomRecord, configured: boolean): Promise<ManagedRoom> {
    const room = new ManagedRoom(
      await this.#options.sfu.createRoom(record.name),
      record,
      configured,
      this.#options.sources,
    );
    this.#rooms.set(record.name, room);
    room.room.once('closed', () => {
      if (this.#rooms.get(record.name) === room) this.#rooms.delete(record.name);
      // The source goes with its room, whatever ended it.
      void room.close('its room is gone');
    });
    if (record.source) {
      try {
        await room.setSource(record.source, record.sourceState);
      } catch (error) {
        await this.#drop(room, 'its source could not be made');
        throw error;
      }
      this.#keepSourceState(room);
    }
    return room;
  }

  async #store(room: ManagedRoom, record: RoomRecord): Promise<void> {
    room.record = record;
    this.#keepSourceState(room);
    await this.#options.store.put(room.record);
  }

  /** An encoder that was told ports and SSRCs finds them again after a restart. */
  #keepSourceState(room: ManagedRoom): void {
    const sourceState = room.source?.persisted();
    if (sourceState) room.record = { ...room.record, sourceState };
  }

  async #drop(room: ManagedRoom, reason: string): Promise<void> {
    this.#rooms.delete(room.record.name);
    await room.close(reason);
  }

  #sweep(): void {
    const before = Date.now() - this.#options.codeLifetimeMs;
    for (const room of this.#rooms.values()) {
      if (!room.idle) room.usedAt = Date.now();
      if (!room.record.generated || room.usedAt > before) continue;
      this.remove(room.record.name).catch((error: Error) =>
        this.#options.log.error(
          { err: error, room: room.record.name },
          'an unused room could not be removed',
        ),
      );
    }
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => {});
    return done;
  }
}

function withoutSource({ source: _, sourceState: __, ...rest }: RoomRecord): RoomRecord {
  return rest;
}
