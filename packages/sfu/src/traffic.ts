import type { Consumer, Producer } from 'mediasoup/types';
import { forEachOf } from './for-each-of.ts';
import type { Room } from './room.ts';

/** RTP packets and their bytes. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
}

const NONE: Traffic = { packets: 0, bytes: 0 };

function sum(list: Iterable<Traffic>): Traffic {
  let { packets, bytes } = NONE;
  for (const one of list) {
    packets += one.packets;
    bytes += one.bytes;
  }
  return { packets, bytes };
}

/**
 * How much RTP went in and out since the last sample. What a producer or consumer carried between its last sample and
 * its end is not counted.
 */
export class TrafficMeter {
  #last = new Map<string, Traffic>();

  async sample(rooms: Iterable<Room>): Promise<{ received: Traffic; sent: Traffic }> {
    const producers: Producer[] = [];
    const consumers: Consumer[] = [];
    for (const room of rooms) {
      for (const { producer } of room.broadcast?.tracks.values() ?? []) producers.push(producer);
      for (const viewer of room.viewers.values()) consumers.push(...viewer.consumers);
    }
    const now = new Map<string, Traffic>();
    await this.#measure(producers, now, 'inbound-rtp');
    await this.#measure(consumers, now, 'outbound-rtp');
    const since = ({ id }: { id: string }): Traffic => {
      const { packets, bytes } = now.get(id) ?? this.#last.get(id) ?? NONE;
      const last = this.#last.get(id) ?? NONE;
      return { packets: Math.max(0, packets - last.packets), bytes: Math.max(0, bytes - last.bytes) };
    };
    const result = { received: sum(producers.map(since)), sent: sum(consumers.map(since)) };
    this.#last = now;
    return result;
  }

  async #measure(
    list: readonly (Producer | Consumer)[],
    into: Map<string, Traffic>,
    type: string,
  ): Promise<void> {
    const measure = async (one: Producer | Consumer) => {
      try {
        const stats = await one.getStats();
        into.set(
          one.id,
          sum(
            [...stats]
              .filter((stat) => stat.type === type)
              .map(({ packetCount, byteCount }) => ({ packets: packetCount, bytes: byteCount })),
          ),
        );
      } catch {
        // It was closed meanwhile.
      }
    };
    await forEachOf(list, measure);
  }
}
