/** What a packet costs before that is known: measured on an x64 machine, with SRTP by AES-CM. Seconds of CPU. */
const FIRST_PACKET_COST = 8e-6;
/** Between these what is learned is believed. Seconds of CPU. */
const PACKET_COST = { least: 1e-6, most: 50e-6 };
/** Packets a second from which on something is learned: before, the workers' idle work is the larger part. */
const ENOUGH_PACKETS = 2000;
/** The part of a new estimate that counts. */
const SMOOTHING = 0.1;

/** Packets a second of a room that were not counted yet: video of 1.5 Mbps and audio. */
const FIRST_RATE = 200;

interface RoomRate {
  /** Packets a second. */
  rate: number;
  viewers: number;
  packets: number | undefined;
  /** Seconds of a steady clock. */
  at: number;
}

/** Estimates what a viewer of each room costs a worker: from the room's packets and what a packet has cost so far. */
export class ViewerCost {
  readonly #rooms = new Map<string, RoomRate>();
  #packetCost = FIRST_PACKET_COST;

  /** What a further viewer of a room will cost. Cores. */
  ofViewer(room: string): number {
    return (this.#rooms.get(room)?.rate ?? FIRST_RATE) * this.#packetCost;
  }

  /** These rooms are watched, each by so many; others are forgotten. */
  keepOnly(watched: readonly (readonly [room: string, viewers: number])[]): void {
    const names = new Set(watched.map(([name]) => name));
    for (const name of this.#rooms.keys()) if (!names.has(name)) this.#rooms.delete(name);
    for (const [name, viewers] of watched) {
      const room = this.#rooms.get(name);
      if (room) room.viewers = viewers;
      else this.#rooms.set(name, { rate: FIRST_RATE, viewers, packets: undefined, at: 0 });
    }
  }

  /**
   * Takes a count of a room's packets.
   *
   * @param packets since some beginning; fewer than before: another beginning
   * @param at seconds of a steady clock
   */
  count(name: string, packets: number, at: number): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (room.packets !== undefined && packets >= room.packets && at > room.at) {
      room.rate = (packets - room.packets) / (at - room.at);
    }
    room.packets = packets;
    room.at = at;
  }

  /** Learns what a packet costs from the CPU of all workers. Cores. */
  learn(cores: number): void {
    let packets = 0;
    for (const { rate, viewers } of this.#rooms.values()) packets += rate * viewers;
    if (packets < ENOUGH_PACKETS) return;
    const cost = Math.min(PACKET_COST.most, Math.max(PACKET_COST.least, cores / packets));
    this.#packetCost += SMOOTHING * (cost - this.#packetCost);
  }
}
