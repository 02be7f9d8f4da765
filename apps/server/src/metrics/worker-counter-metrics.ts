import type { MediaWorker, Sfu, WorkerCounter, WorkerCounters } from '@spillway/sfu';
import { Counter, Gauge, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';

interface Counted {
  readonly name: string;
  readonly help: string;
  readonly key: WorkerCounter;
}

const counters: readonly Counted[] = [
  {
    name: 'spillway_worker_segmented_datagrams_total',
    help: 'RTP datagrams that a media worker sent by segmented sends.',
    key: 'segmented-sends.datagrams',
  },
  {
    name: 'spillway_worker_segmented_send_calls_total',
    help: 'System calls that sent them.',
    key: 'segmented-sends.calls',
  },
  {
    name: 'spillway_worker_segmented_fallbacks_total',
    help: 'Segmented sends that the kernel refused, so that their datagrams went one by one.',
    key: 'segmented-sends.fallbacks',
  },
  {
    name: 'spillway_worker_segmented_queued_datagrams_total',
    help: 'Datagrams of segmented sends that had to wait, as the socket was full.',
    key: 'segmented-sends.queued',
  },
  {
    name: 'spillway_worker_gop_cache_starts_total',
    help: 'Viewers and edges that a media worker started from the last key frame.',
    key: 'gop-cache.starts',
  },
  {
    name: 'spillway_worker_gop_cache_repairs_total',
    help: 'Viewers that had lost packets beyond repair and were started again from the last key frame.',
    key: 'gop-cache.repairs',
  },
  {
    name: 'spillway_worker_gop_cache_packets_total',
    help: 'RTP packets that started them.',
    key: 'gop-cache.packets',
  },
  {
    name: 'spillway_worker_gop_cache_refusals_total',
    help: 'Viewers and edges that could not be started so: no key frame yet, too long ago, or beyond the bounds.',
    key: 'gop-cache.refused',
  },
  {
    name: 'spillway_worker_gop_cache_key_frame_requests_total',
    help: 'Requests for a key frame that a media worker passed on to broadcasters.',
    key: 'gop-cache.requests',
  },
  {
    name: 'spillway_worker_gop_cache_key_frame_requests_spared_total',
    help: 'Requests for a key frame that were answered from the last one instead.',
    key: 'gop-cache.spared',
  },
];

const gauges: readonly Counted[] = [
  {
    name: 'spillway_worker_gop_cache_bytes',
    help: 'Media since the last key frames that a media worker keeps.',
    key: 'gop-cache.bytes',
  },
];

/** What workers of Spillway's own making count themselves. Others are absent, and so is one that does not answer. */
export function observeWorkerCounters(registry: Registry, sfu: Sfu): void {
  const shared = { labelNames: ['worker'], registers: [registry] };
  // All metrics are collected at the same time, and so share one answer of each worker.
  const ask = inTime((worker: MediaWorker) => worker.counters());
  const read = async (key: keyof WorkerCounters) => {
    const answers = await Promise.all(sfu.workers.map(ask));
    return answers.flatMap((answer, index) => {
      const value = answer?.[key];
      return value === undefined ? [] : [{ label: { worker: String(sfu.workers[index]?.index) }, value }];
    });
  };
  for (const { name, help, key } of counters) {
    new Counter({
      ...{ name, help, ...shared },
      async collect() {
        const values = await read(key);
        this.reset();
        for (const { label, value } of values) this.inc(label, value);
      },
    });
  }
  for (const { name, help, key } of gauges) {
    new Gauge({
      ...{ name, help, ...shared },
      async collect() {
        const values = await read(key);
        this.reset();
        for (const { label, value } of values) this.set(label, value);
      },
    });
  }
}
