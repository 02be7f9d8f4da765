import { readFile } from 'node:fs/promises';
import type { MediaWorker, Sfu } from '@spillway/sfu';
import { Gauge, type Registry } from 'prom-client';

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
  new Gauge({
    name: 'spillway_workers_up',
    help: 'Media workers that are up.',
    registers,
    collect() {
      this.set(sfu.workers.filter((worker) => worker.up).length);
    },
  });
  new Gauge({
    name: 'spillway_worker_restarts',
    help: 'How often a media worker was replaced since the server started.',
    labelNames,
    registers,
    collect() {
      for (const worker of sfu.workers) this.set(label(worker), worker.restarts);
    },
  });
  new Gauge({
    name: 'spillway_worker_cpu_seconds',
    help: 'CPU time of the present process of a media worker.',
    labelNames,
    registers,
    async collect() {
      for (const worker of sfu.workers) {
        const usage = await worker.resourceUsage();
        // mediasoup reports milliseconds.
        if (usage) this.set(label(worker), (usage.ru_utime + usage.ru_stime) / 1000);
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
}
