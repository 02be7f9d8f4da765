import type { RoomSourceStatus } from '@spillway/protocol';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { SourceFeed } from '../rooms/source-feed.ts';

export interface RoomWithSource {
  readonly room: string;
  readonly source: RoomSourceStatus;
}

/** How sources do. The label `room` is bounded by the number of rooms that have a source; `index` 0 is the first source. */
export function observeSources(registry: Registry, feed: SourceFeed, list: () => RoomWithSource[]): void {
  const registers = [registry];
  const labelNames = ['room', 'index', 'type'];
  const each = (
    tell: (labels: Record<string, string>, status: RoomSourceStatus['backups'][number]) => void,
  ) => {
    for (const { room, source } of list()) {
      for (const [index, status] of [source, ...source.backups].entries()) {
        tell({ room, index: `${index}`, type: status.config.type }, status);
      }
    }
  };
  new Gauge({
    name: 'spillway_source_state',
    help: 'The state that a source is in: 1 for that state.',
    labelNames: [...labelNames, 'state'],
    registers,
    collect() {
      this.reset();
      each((labels, { state }) => this.set({ ...labels, state }, 1));
    },
  });
  new Gauge({
    name: 'spillway_source_state_since_timestamp_seconds',
    help: 'Since when a source is in its state, in seconds since 1970.',
    labelNames,
    registers,
    collect() {
      this.reset();
      each((labels, { since }) => this.set(labels, Date.parse(since) / 1000));
    },
  });
  new Gauge({
    name: 'spillway_source_cpu_cores',
    help: "Processor cores that a source's process takes.",
    labelNames,
    registers,
    collect() {
      this.reset();
      each((labels, { cores }) => {
        if (cores !== undefined) this.set(labels, cores);
      });
    },
  });
  const changes = new Counter({
    name: 'spillway_source_changes_total',
    help: 'Changes of sources into a state.',
    labelNames: ['state'],
    registers,
  });
  feed.on('source', ({ state }) => changes.inc({ state }));
}
