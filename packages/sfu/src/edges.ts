import { SpillwayError } from '@spillway/protocol';
import type { RtpCodecParameters } from 'mediasoup/types';
import { Edge, type Outlet, originOutlet } from './edge.ts';
import { covers, originLayout, type PayloadLayout, routableLayout } from './payload-layout.ts';
import type { Seat } from './seat.ts';

/** Layouts of payload types at the same time. Browsers and the common libraries have about ten between them. */
const MAX_EDGES = 16;

/** An edge without viewers goes after this long. Milliseconds. */
const IDLE_MS = 30_000;

interface Entry {
  readonly layout: PayloadLayout;
  readonly edge: Promise<Edge>;
  users: number;
  idleTimer: NodeJS.Timeout | undefined;
}

/** A place at an outlet, until it is left. */
export interface Berth {
  readonly outlet: Outlet;
  /** Idempotent. */
  leave(): void;
}

/** The outlets of a room: its origin and its edges, each made with its first viewer and dropped some time after the last. */
export class Edges {
  readonly #origin: Seat;
  readonly #entries = new Set<Entry>();

  constructor(origin: Seat) {
    this.#origin = origin;
  }

  /** Number of edges. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * A place for a viewer.
   *
   * @param layout undefined: that of the origin
   * @param live codecs of what is broadcast now
   * @throws {SpillwayError} `not-acceptable` when there are too many layouts, `unavailable` when the worker dies meanwhile
   */
  async enter(layout: PayloadLayout | undefined, live: readonly RtpCodecParameters[] = []): Promise<Berth> {
    if (!layout || covers(originLayout, layout)) {
      return { outlet: originOutlet(this.#origin), leave: () => {} };
    }
    const wanted = routableLayout(layout, live);
    const entry = this.#entries.values().find((candidate) => covers(candidate.layout, wanted));
    return this.#use(entry ?? this.#add(wanted));
  }

  /** Idempotent. */
  close(): void {
    for (const entry of [...this.#entries]) this.#drop(entry);
  }

  #add(layout: PayloadLayout): Entry {
    if (this.#entries.size >= MAX_EDGES) this.#dropIdle();
    const edge = Edge.create(this.#origin, layout);
    const entry: Entry = { layout, edge, users: 0, idleTimer: undefined };
    this.#entries.add(entry);
    edge.then(
      ({ seat }) => seat.router.observer.once('close', () => this.#drop(entry)),
      () => this.#drop(entry),
    );
    return entry;
  }

  async #use(entry: Entry): Promise<Berth> {
    entry.users += 1;
    clearTimeout(entry.idleTimer);
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      entry.users -= 1;
      if (entry.users === 0 && this.#entries.has(entry)) {
        entry.idleTimer = setTimeout(() => this.#drop(entry), IDLE_MS);
      }
    };
    try {
      return { outlet: await entry.edge, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  #dropIdle(): void {
    const idle = this.#entries.values().find(({ users }) => users === 0);
    if (!idle) {
      throw new SpillwayError(
        'not-acceptable',
        `viewers of this room use ${MAX_EDGES} different sets of payload types already; offer those of a browser`,
      );
    }
    this.#drop(idle);
  }

  #drop(entry: Entry): void {
    clearTimeout(entry.idleTimer);
    if (!this.#entries.delete(entry)) return;
    entry.edge.then(
      (edge) => edge.close(),
      () => {},
    );
  }
}
