import { number } from '../report/format.ts';
import type { Table } from '../report/result.ts';
import { type Interval, totalMicros } from '../stage/interval.ts';
import { median } from '../statistics.ts';

/** Parts of their cores that workers may use: the rest is for joins, bursts and retransmissions. */
const RESERVED = 0.3;
const CORES = [1, 4, 8, 16] as const;

/** What was measured at one bitrate. */
export interface BitrateRounds {
  /** Bits per second. */
  readonly bitrate: number;
  readonly viewers: number;
  readonly rounds: readonly Interval[];
}

/** Viewers that some cores carry, when each packet costs so much and each viewer takes so many a second. */
export function viewersFor(cores: number, micros: number, packetsPerSecond: number): number {
  return Math.floor((cores * (1 - RESERVED) * 1e6) / (micros * packetsPerSecond));
}

/** Viewers that machines carry, worked out from the CPU a packet; the network has to carry them too. */
export function capacityTable(measured: readonly BitrateRounds[]): Table {
  return {
    title: `What a machine carries, with ${100 * RESERVED} % of its CPU in reserve, worked out from the above`,
    head: [
      'Mbps',
      'packets/s a viewer',
      ...CORES.map((cores) => (cores === 1 ? '1 core' : `${cores} cores`)),
    ],
    rows: measured.map(({ bitrate, viewers, rounds }) => {
      const packets = median(rounds.map((each) => each.packets / each.seconds / viewers));
      const micros = median(rounds.map(totalMicros));
      const cells = CORES.map((cores) => {
        const carried = viewersFor(cores, micros, packets);
        return `${carried} (${number((carried * bitrate) / 1e9)} Gbps)`;
      });
      return [`${bitrate / 1e6}`, number(packets), ...cells];
    }),
  };
}
