/** How busy the server is, with the joins of the same time. */
export interface JoinLoad {
  /** CPU that each worker uses that is up. Cores, 0 to 1. */
  readonly workers: readonly number[];
  /** Share of the time for which Node's event loop is busy. 0 to 1. */
  readonly node: number;
  /** Joins a second while these were measured, in which what they cost is contained. */
  readonly joinsPerSecond: number;
}

/** What one join costs a worker, its DTLS handshake included: measured on an x64 machine. Seconds of CPU. */
const WORKER_COST = 0.0012;

/** What one join costs Node, by signalling: measured on the same machine. Seconds of its event loop. */
const NODE_COST = 0.002;

/** How busy joins may make a worker or Node: the rest is for what plays. */
const CEILING = 0.8;

/** However busy the server is, joins go on. Joins a second. */
const LEAST = 10;

/** However idle it is, they come one after the other. Joins a second. */
const MOST = 1000;

/**
 * Joins a second that leave what plays alone: those that there are, and as many more as the CPU left below a ceiling
 * carries, of the workers or of Node, whichever have less.
 *
 * What joins cost shows in the load, so a crowd that is being let in must not look like a server that is full: that is why
 * the present joins count in full. Where a join really costs c times what it is taken for, joins at the rate found each time
 * still come to the one that reaches the ceiling, damped as `JoinPace` does for every c below 4.
 */
export function joinRate({ workers, node, joinsPerSecond }: JoinLoad): number {
  const share = joinsPerSecond / Math.max(1, workers.length);
  const carried = (load: number, present: number, cost: number) =>
    Math.max(0, present + (CEILING - load) / cost);
  const byWorkers = workers.reduce((sum, load) => sum + carried(load, share, WORKER_COST), 0);
  const byNode = carried(node, joinsPerSecond, NODE_COST);
  return Math.min(MOST, Math.max(LEAST, Math.min(byWorkers, byNode)));
}
