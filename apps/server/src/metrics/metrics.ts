import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Sfu } from '@spillway/sfu';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SourceFeed } from '../rooms/source-feed.ts';
import { observeJoins } from './join-metrics.ts';
import { observeRooms } from './room-metrics.ts';
import { observeSources, type RoomWithSource } from './source-metrics.ts';
import { observeWorkerCounters } from './worker-counter-metrics.ts';
import { observeWorkers } from './worker-metrics.ts';

/** How often the delay of the event loop is looked at. Each look wakes the process. Milliseconds. */
const LOOP_PRECISION = 100;

/** The server's metrics, for Prometheus. Gathered when they are asked for. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_PRECISION });
  readonly #joins: Counter;
  readonly #joinSeconds: Histogram;
  readonly #offers: Counter<'protocol' | 'status'>;

  constructor() {
    this.#loopDelay.enable();
    collectDefaultMetrics({
      register: this.#registry,
      prefix: 'spillway_',
      eventLoopMonitoringPrecision: LOOP_PRECISION,
    });
    const registers = [this.#registry];
    this.#joins = new Counter({
      name: 'spillway_joins_total',
      help: 'Viewers that came to play.',
      registers,
    });
    this.#joinSeconds = new Histogram({
      name: 'spillway_join_duration_seconds',
      help: "From a viewer's watch request, or from the start of a broadcast that it waited for, to the end of its first play request. By WHEP and plain offers: from the offer to the answer.",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#offers = new Counter({
      name: 'spillway_sdp_requests_total',
      help: 'Offers by WHIP, by WHEP and plain, by the status of the answer.',
      labelNames: ['protocol', 'status'],
      registers,
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Adds the metrics of the SFU. */
  observe(sfu: Sfu, connections: () => number): void {
    observeRooms(this.#registry, sfu);
    observeJoins(this.#registry, sfu.joins);
    observeWorkers(this.#registry, sfu);
    observeWorkerCounters(this.#registry, sfu);
    new Gauge({
      name: 'spillway_signaling_connections',
      help: 'Open signalling connections.',
      registers: [this.#registry],
      collect() {
        this.set(connections());
      },
    });
  }

  /** Adds the metrics of sources. */
  observeSources(feed: SourceFeed, list: () => RoomWithSource[]): void {
    observeSources(this.#registry, feed, list);
  }

  observeJoin(seconds: number): void {
    this.#joins.inc();
    this.#joinSeconds.observe(seconds);
  }

  /** @param status of the HTTP answer */
  countOffer(protocol: 'whip' | 'whep' | 'offer', status: number): void {
    this.#offers.inc({ protocol, status });
  }

  /** The longest that the event loop was late since the last call. Milliseconds. */
  loopDelayMs(): number {
    const longest = this.#loopDelay.max / 1e6;
    this.#loopDelay.reset();
    return longest;
  }

  close(): void {
    this.#loopDelay.disable();
    this.#registry.clear();
  }
}
