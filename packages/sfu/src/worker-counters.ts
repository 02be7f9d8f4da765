/** What a worker of Spillway's own making counts, from the start of its process. */
export const workerCounters = [
  /** RTP datagrams that went through the batch. */
  'segmented-sends.datagrams',
  /** System calls that sent them. */
  'segmented-sends.calls',
  /** Batches that were sent one by one, as the kernel refused them. */
  'segmented-sends.fallbacks',
  /** Datagrams that had to wait, as the socket was full. */
  'segmented-sends.queued',
  /** Viewers that were started from the cache. */
  'gop-cache.starts',
  /** Viewers that had lost something and were started from it again. */
  'gop-cache.repairs',
  /** Packets that were sent from it. */
  'gop-cache.packets',
  /** Requests for a key frame that went on to producers. */
  'gop-cache.requests',
  /** Requests for a key frame that the cache answered. */
  'gop-cache.spared',
  /** What it holds now. Bytes; the only one that also falls. */
  'gop-cache.bytes',
  /** Starts that were refused because of a bound. */
  'gop-cache.refused',
] as const;

export type WorkerCounter = (typeof workerCounters)[number];

/** What a worker has counted. One without a feature counts nothing of it. */
export type WorkerCounters = Readonly<Partial<Record<WorkerCounter, number>>>;

const ENTRY = /^counter:([a-z.-]{1,64})=([0-9]{1,20})$/;

function isKnown(name: string | undefined): name is WorkerCounter {
  return workerCounters.some((known) => known === name);
}

/**
 * Reads the counters in a worker's dump, where they stand as `counter:NAME=N` among the ids of its notification handlers.
 * One that is not there yet has counted nothing. Whatever else is there is passed over, so that there are never more than
 * the known ones.
 *
 * @param features of the worker, by which the names of counters begin; of others there are none
 */
export function readCounters(handlers: readonly string[], features: readonly string[]): WorkerCounters {
  const counters: Partial<Record<WorkerCounter, number>> = {};
  for (const name of workerCounters) {
    if (features.some((feature) => name.startsWith(`${feature}.`))) counters[name] = 0;
  }
  for (const handler of handlers) {
    const [, name, value] = ENTRY.exec(handler) ?? [];
    if (isKnown(name) && counters[name] !== undefined) counters[name] = Number(value);
  }
  return counters;
}
