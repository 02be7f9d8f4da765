import type { Room } from './room.ts';

/** Which rooms there are. Behind an interface, because nodes may come to share one. */
export interface RoomRegistry {
  get(name: string): Room | undefined;
  add(room: Room): void;
  remove(name: string): void;
  list(): Iterable<Room>;
  readonly size: number;
}

/** The rooms of one process. */
export class LocalRoomRegistry implements RoomRegistry {
  readonly #rooms = new Map<string, Room>();

  get(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  add(room: Room): void {
    this.#rooms.set(room.name, room);
  }

  remove(name: string): void {
    this.#rooms.delete(name);
  }

  list(): Iterable<Room> {
    return this.#rooms.values();
  }

  get size(): number {
    return this.#rooms.size;
  }
}
