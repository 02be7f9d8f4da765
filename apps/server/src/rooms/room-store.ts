import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compileCheck } from '@spillway/protocol';
import { type Static, Type } from 'typebox';
import { writeFileAtomic } from '../files/write-file-atomic.ts';
import { RoomRecord } from './room-record.ts';

const StoredRooms = Type.Object(
  {
    version: Type.Literal(1),
    rooms: Type.Array(RoomRecord),
    /** What sources of rooms of the configuration file want back, by room. */
    configured: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
);
const checkStoredRooms = compileCheck(StoredRooms);

type StoredRooms = Static<typeof StoredRooms>;

/** The rooms made by API or page, in a file. A change counts when the promise is fulfilled. */
export class RoomStore {
  readonly #file: string;
  readonly #records: Map<string, RoomRecord>;
  readonly #configured: Map<string, unknown>;
  #writing: Promise<void> = Promise.resolve();

  /** @throws when the file cannot be read or does not hold what this version writes */
  static async open(file: string): Promise<RoomStore> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) {
      await mkdir(dirname(file), { recursive: true });
      return new RoomStore(file, { version: 1, rooms: [] });
    }
    return new RoomStore(file, parse(file, text));
  }

  private constructor(file: string, { rooms, configured = {} }: StoredRooms) {
    this.#file = file;
    this.#records = new Map(rooms.map((record) => [record.name, record]));
    this.#configured = new Map(Object.entries(configured));
  }

  get(name: string): RoomRecord | undefined {
    return this.#records.get(name);
  }

  list(): RoomRecord[] {
    return [...this.#records.values()];
  }

  async put(record: RoomRecord): Promise<void> {
    this.#records.set(record.name, record);
    await this.#write();
  }

  async remove(name: string): Promise<void> {
    if (this.#records.delete(name)) await this.#write();
  }

  /** What the source of a room of the configuration file wanted kept. */
  getConfigured(room: string): unknown {
    return this.#configured.get(room);
  }

  async putConfigured(room: string, sourceState: unknown): Promise<void> {
    const known = JSON.stringify(this.#configured.get(room));
    if (known === JSON.stringify(sourceState)) return;
    this.#configured.set(room, sourceState);
    await this.#write();
  }

  #write(): Promise<void> {
    const write = () => {
      const configured = Object.fromEntries(this.#configured);
      const stored: StoredRooms = { version: 1, rooms: this.list(), configured };
      return writeFileAtomic(this.#file, `${JSON.stringify(stored, null, 2)}\n`);
    };
    // One after the other; each writes all that is known by then.
    const done = this.#writing.then(write, write);
    this.#writing = done.catch(() => {});
    return done;
  }
}

function parse(file: string, text: string): StoredRooms {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${file} is not JSON (${String(error)}); restore it from a backup, or move it away to start empty`,
    );
  }
  const checked = checkStoredRooms(stored);
  if (!checked.ok) {
    throw new Error(
      `${file} does not hold rooms of this version: ${checked.error}; move it away to start empty`,
    );
  }
  return checked.value;
}
