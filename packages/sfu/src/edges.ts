import { SpillwayError } from '@spillway/protocol';
import type { RtpCodecParameters } from 'mediasoup/types';
import { Edge, originOutlet } from './edge.ts';
import { type Berth, IDLE_MS, Outlets, type Wish } from './outlets.ts';
import { originLayout } from './payload-layout.ts';
import type { RoomPlaces } from './placement.ts';
import type { Seat } from './seat.ts';

/** A place on a worker, counted there until it is left. */
export interface Place {
  readonly workerIndex: number;
  /** Idempotent. */
  leave(): void;
}

export interface EdgesOptions {
  /**
   * Chooses the worker for a viewer.
   *
   * @throws {SpillwayError} `unavailable` when no worker is up
   */
  findPlace(room: Pick<RoomPlaces, 'origin' | 'edges'>): Place;
  /**
   * Makes a router on a worker.
   *
   * @throws {SpillwayError} `unavailable` when it is not up
   */
  createSeat(workerIndex: number): Promise<Seat>;
  /** The worker of an edge has died, and its viewers' transports with it. */
  onLost(workerIndex: number): void;
}

/** An edge that viewers use, and those with other payload types beside it. */
interface Branch {
  readonly outlets: Promise<Outlets>;
  users: number;
  idleTimer: NodeJS.Timeout | undefined;
}

/** How often a place is looked for while workers die under it. */
const ATTEMPTS = 3;

/**
 * A room's origin and its edges on other workers, each made with its first viewer and dropped some time after the last.
 * Edges outlive the origin, and with them the transports of their viewers.
 */
export class Edges {
  readonly #options: EdgesOptions;
  /** By worker. */
  readonly #branches = new Map<number, Branch>();
  #origin: Promise<Outlets>;
  #closed = false;

  constructor(origin: Promise<Seat>, options: EdgesOptions) {
    this.#options = options;
    this.#origin = outletsAt(origin);
  }

  /** Indexes of the workers that hold an edge. */
  get workers(): ReadonlySet<number> {
    return new Set(this.#branches.keys());
  }

  /** The origin is, or will be, another one. */
  moveOrigin(origin: Promise<Seat>): void {
    this.#origin = outletsAt(origin);
  }

  /**
   * A place for a viewer. Waits for the origin.
   *
   * @param wish undefined: what the origin has
   * @param findLive codecs of what is broadcast when the place is known
   * @throws {SpillwayError} `not-acceptable` when there are too many layouts, `unavailable` without a worker
   */
  async enter(wish: Wish | undefined, findLive: () => readonly RtpCodecParameters[]): Promise<Berth> {
    for (let attempt = 1; ; attempt += 1) {
      const origin = await this.#origin;
      const place = this.#options.findPlace({
        origin: origin.trunk.seat.workerIndex,
        edges: this.workers,
      });
      try {
        const berth = await this.#enterAt(place.workerIndex, origin, wish, findLive);
        return {
          outlet: berth.outlet,
          leave: () => {
            place.leave();
            berth.leave();
          },
        };
      } catch (error) {
        place.leave();
        const died = error instanceof SpillwayError && error.code === 'unavailable';
        if (!died || this.#closed || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Idempotent. Takes the edges along, not the origin. */
  close(): void {
    this.#closed = true;
    for (const [workerIndex, branch] of [...this.#branches]) this.#drop(workerIndex, branch);
  }

  async #enterAt(
    workerIndex: number,
    origin: Outlets,
    wish: Wish | undefined,
    findLive: () => readonly RtpCodecParameters[],
  ): Promise<Berth> {
    if (workerIndex === origin.trunk.seat.workerIndex) return origin.enter(wish, findLive());
    const branch = this.#branches.get(workerIndex) ?? this.#open(workerIndex);
    const leaveBranch = this.#use(workerIndex, branch);
    try {
      const outlets = await branch.outlets;
      const berth = await outlets.enter(wish, findLive());
      return {
        outlet: berth.outlet,
        leave: () => {
          berth.leave();
          leaveBranch();
        },
      };
    } catch (error) {
      leaveBranch();
      throw error;
    }
  }

  #open(workerIndex: number): Branch {
    const outlets = this.#createOutlets(workerIndex);
    const branch: Branch = { outlets, users: 0, idleTimer: undefined };
    this.#branches.set(workerIndex, branch);
    outlets.then(
      ({ trunk: { seat } }) => seat.router.once('workerclose', () => this.#lose(workerIndex, branch)),
      () => this.#drop(workerIndex, branch),
    );
    return branch;
  }

  async #createOutlets(workerIndex: number): Promise<Outlets> {
    const seat = await this.#options.createSeat(workerIndex);
    return new Outlets(new Edge(seat, originLayout, async () => (await this.#origin).trunk));
  }

  /** Counts a user; the function returned ends that, idempotently. */
  #use(workerIndex: number, branch: Branch): () => void {
    branch.users += 1;
    clearTimeout(branch.idleTimer);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      branch.users -= 1;
      if (branch.users > 0 || this.#branches.get(workerIndex) !== branch) return;
      branch.idleTimer = setTimeout(() => this.#drop(workerIndex, branch), IDLE_MS);
    };
  }

  #lose(workerIndex: number, branch: Branch): void {
    if (this.#branches.get(workerIndex) !== branch) return;
    this.#drop(workerIndex, branch);
    this.#options.onLost(workerIndex);
  }

  #drop(workerIndex: number, branch: Branch): void {
    clearTimeout(branch.idleTimer);
    if (this.#branches.get(workerIndex) !== branch) return;
    this.#branches.delete(workerIndex);
    branch.outlets.then(
      ({ trunk: { seat } }) => seat.router.close(),
      () => {},
    );
  }
}

function outletsAt(seat: Promise<Seat>): Promise<Outlets> {
  const outlets = seat.then((present) => new Outlets(originOutlet(present)));
  // Whoever waits for the seat is told; without one there are no outlets.
  outlets.catch(() => {});
  return outlets;
}
