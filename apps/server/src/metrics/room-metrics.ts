import type { RoomState } from '@spillway/protocol';
import { type Sfu, TrafficMeter } from '@spillway/sfu';
import { Counter, Gauge, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';

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
    help: 'RTP packets from broadcasters (in) and to viewers (out).',
    labelNames,
    registers,
    collect: () => sample(meter),
  });
  const bytes = new Counter({
    name: 'spillway_rtp_bytes_total',
    help: 'RTP bytes from broadcasters (in) and to viewers (out).',
    labelNames,
    registers,
    collect: () => sample(meter),
  });
  // One sample for both, which are collected at the same time. One that is late counts nevertheless, for the next scrape.
  const sample = inTime(async () => {
    const { received, sent } = await meter.sample(sfu.rooms);
    for (const [direction, traffic] of [
      ['in', received],
      ['out', sent],
    ] as const) {
      packets.inc({ direction }, traffic.packets);
      bytes.inc({ direction }, traffic.bytes);
    }
  });
}
