/** How busy a worker is. */
export interface WorkerLoad {
  readonly index: number;
  readonly rooms: number;
  readonly viewers: number;
}

/**
 * Chooses the worker for a room's origin.
 *
 * @returns the worker's index; undefined when there is none to choose from
 */
export type Placement = (loads: readonly WorkerLoad[]) => number | undefined;

/** The worker with the fewest viewers; among equals the one with the fewest rooms, then the lowest index. */
export const leastLoaded: Placement = (loads) =>
  loads.toSorted((a, b) => a.viewers - b.viewers || a.rooms - b.rooms || a.index - b.index)[0]?.index;
