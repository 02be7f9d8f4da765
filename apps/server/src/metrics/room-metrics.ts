import type { RoomState } from '@spillway/protocol';
import { type Sfu, TrafficMeter } from '@spillway/sfu';
import { Counter, Gauge, type Registry } from 'prom-client';

const states: readonly RoomState[] = ['offline', 'live', 'interrupted'];

/** Rooms, viewers and what goes in and out. */
export function observeRooms(registry: Registry, sfu: Sfu): void {
  const registers = [registry];
  new Gauge({
    name: 'spillway_rooms',
    help: 'Rooms by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of states) this.set({ state }, 0);
      for (const room of sfu.rooms) this.inc({ state: room.state });
    },
  });
  new Gauge({
    name: 'spillway_viewers',
    help: 'Viewers in all rooms, those that wait for a broadcast included.',
    registers,
    collect() {
      this.set(sfu.viewerCount);
    },
  });

  const meter = new TrafficMeter();
  const labelNames = ['direction'];
  const packets = new Counter({
    name: 'spillway_rtp_packets_total',
    help: 'RTP packets from broadcasters (in) and to viewers (out), as of the last sample.',
    labelNames,
    registers,
  });
  new Counter({
    name: 'spillway_rtp_bytes_total',
    help: 'RTP bytes from broadcasters (in) and to viewers (out), as of the last sample.',
    labelNames,
    registers,
    async collect() {
      const { received, sent } = await meter.sample(sfu.rooms);
      this.inc({ direction: 'in' }, received.bytes);
      this.inc({ direction: 'out' }, sent.bytes);
      packets.inc({ direction: 'in' }, received.packets);
      packets.inc({ direction: 'out' }, sent.packets);
    },
  });
}
