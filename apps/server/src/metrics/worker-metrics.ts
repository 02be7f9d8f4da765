import { readFile } from 'node:fs/promises';
import type { MediaWorker, Sfu } from '@spillway/sfu';
import { Counter, Gauge, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';

const PAGE_SIZE = 4096;

/** Memory that a process holds now. Bytes; undefined where the system does not tell. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
    return Number(pages) * PAGE_SIZE;
  } catch {
    return undefined;
  }
}

/** The worker processes: up, CPU, memory, restarts. */
export function observeWorkers(registry: Registry, sfu: Sfu): void {
  const registers = [registry];
  const labelNames = ['worker'];
  const label = (worker: MediaWorker) => ({ worker: String(worker.index) });
  const askUsage = inTime((worker: MediaWorker) => worker.resourceUsage());
  new Gauge({
    name: 'spillway_workers_up',
    help: 'Media workers that are up.',
    registers,
    collect() {
      this.set(sfu.workers.filter((worker) => worker.up).length);
    },
  });
  new Counter({
    name: 'spillway_worker_restarts_total',
    help: 'How often a media worker was replaced.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const worker of sfu.workers) this.inc(label(worker), worker.restarts);
    },
  });
  new Counter({
    name: 'spillway_worker_cpu_seconds_total',
    help: 'CPU time of the present process of a media worker; starts from nothing with each process.',
    labelNames,
    registers,
    async collect() {
      const usages = await Promise.all(sfu.workers.map(askUsage));
      this.reset();
      for (const [index, worker] of sfu.workers.entries()) {
        const usage = usages[index];
        // mediasoup reports milliseconds.
        if (usage) this.inc(label(worker), (usage.ru_utime + usage.ru_stime) / 1000);
      }
    },
  });
  new Gauge({
    name: 'spillway_worker_resident_memory_bytes',
    help: 'Memory that a media worker holds.',
    labelNames,
    registers,
    async collect() {
      for (const worker of sfu.workers) {
        const bytes = worker.pid === undefined ? undefined : await residentBytes(worker.pid);
        if (bytes !== undefined) this.set(label(worker), bytes);
      }
    },
  });
  const described = [
    {
      name: 'spillway_worker_load_cores',
      help: 'CPU that a media worker uses, and what was given to it since that was measured.',
      key: 'load',
    },
    { name: 'spillway_worker_rooms', help: 'Rooms whose origin a media worker holds.', key: 'rooms' },
    {
      name: 'spillway_worker_edges',
      help: 'Edges that a media worker holds, of rooms whose origin is elsewhere.',
      key: 'edges',
    },
    { name: 'spillway_worker_viewers', help: 'Viewers that a media worker forwards to.', key: 'viewers' },
  ] as const;
  for (const { name, help, key } of described) {
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        for (const worker of sfu.describeWorkers()) this.set({ worker: String(worker.index) }, worker[key]);
      },
    });
  }
}
