/** What a worker carries. */
export interface WorkerLoad {
  readonly index: number;
  /** CPU that it uses, and what was given to it since that was measured. Cores: a worker has one. */
  readonly load: number;
  /** Rooms whose origin it holds. */
  readonly rooms: number;
  /** Edges of rooms whose origin is elsewhere. */
  readonly edges: number;
  /** Viewers that it forwards to. */
  readonly viewers: number;
}

/** Where a room is. */
export interface RoomPlaces {
  /** Index of the worker that holds its origin. */
  readonly origin: number;
  /** Indexes of the workers that hold an edge of it. */
  readonly edges: ReadonlySet<number>;
  /** What a further viewer is expected to cost. Cores. */
  readonly viewerLoad: number;
}

/** Chooses workers, from those that are up. Both answer an index; undefined when there is none to choose from. */
export interface Placement {
  /** The worker for a room's origin. */
  forOrigin(loads: readonly WorkerLoad[]): number | undefined;
  /** The worker for a viewer of a room. */
  forViewer(loads: readonly WorkerLoad[], room: RoomPlaces): number | undefined;
}

export interface ByLoadOptions {
  /** Load of the origin's worker from which on viewers spill to edges. Cores, 0 to 1. Default {@link SPILL_LOAD}. */
  readonly spillLoad?: number;
}

/** Cores. A worker that is loaded by half has what a crowd that comes at once costs, and a host that takes from it. */
export const SPILL_LOAD = 0.4;

/** How much less loaded a worker has to be for an edge to be opened there. Parts of the spill load. */
const OPEN_MARGIN = 1 / 8;
/** Viewers at least that an edge has to take: the origin sends to its pipe too, and the edge's worker receives that. */
const EDGE_WORTH = 4;

/** How much less loaded the worker of an edge has to be for the edge to be used. Parts of the spill load. */
const USE_MARGIN = 1 / 40;

/** What all rooms together count when origins are spread, beside the load. Cores. */
const ROOMS_WEIGHT = 0.2;

/**
 * Origins go to the least loaded worker, and are spread evenly while nobody watches. Viewers go to the origin until its
 * worker has the spill load, then to the less loaded ones. It takes a larger difference to open an edge than to use one, so
 * edges do not come and go with every viewer.
 */
export function byLoad({ spillLoad = SPILL_LOAD }: ByLoadOptions = {}): Placement {
  return {
    forOrigin(loads) {
      const rooms = loads.reduce((sum, worker) => sum + worker.rooms, 0) || 1;
      return least(loads, (worker) => worker.load + (ROOMS_WEIGHT * worker.rooms) / rooms);
    },

    forViewer(loads, { origin, edges, viewerLoad }) {
      // Of a worker that is away nothing is expected.
      const originLoad = loads.find(({ index }) => index === origin)?.load ?? Number.POSITIVE_INFINITY;
      const opening =
        originLoad < spillLoad ? Number.POSITIVE_INFINITY : OPEN_MARGIN * spillLoad + EDGE_WORTH * viewerLoad;
      const surcharge = (index: number) => {
        if (index === origin) return 0;
        return edges.has(index) ? USE_MARGIN * spillLoad : opening;
      };
      return least(loads, ({ load, index }) => load + surcharge(index));
    },
  };
}

/** The index of the worker with the lowest score; among equals that with fewer viewers, fewer rooms, the lower index. */
function least(loads: readonly WorkerLoad[], score: (worker: WorkerLoad) => number): number | undefined {
  let best: WorkerLoad | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const worker of loads) {
    const own = score(worker);
    const difference =
      own - bestScore ||
      (best ? worker.viewers - best.viewers || worker.rooms - best.rooms || worker.index - best.index : -1);
    if (!(difference < 0)) continue;
    best = worker;
    bestScore = own;
  }
  return best?.index;
}
