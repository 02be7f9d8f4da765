import { SpillwayError } from '@spillway/protocol';
import type { RtpCodecParameters } from 'mediasoup/types';
import { Edge, type Outlet } from './edge.ts';
import { whileOpen } from './gone.ts';
import { covers, layoutCodecs, originLayout, type PayloadLayout, routableLayout } from './payload-layout.ts';

/** Layouts of payload types at the same time. Browsers and the common libraries have about ten between them. */
const MAX_EDGES = 24;

/** Layouts that one client brought, so that nobody can use them all up. */
const MAX_EDGES_OF_CLIENT = 8;

/** An edge without viewers goes after this long. Milliseconds. */
export const IDLE_MS = 30_000;

/** What a viewer needs of its place. */
export interface Wish {
  readonly layout: PayloadLayout;
  /** Who asks: viewers with the same key are taken for one client. Default: nobody in particular. */
  readonly client?: string | undefined;
}

interface Entry extends Wish {
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

/**
 * What a room has on one worker: the trunk, which is its origin or an edge with the origin's payload types, and edges with
 * other payload types, each made with its first viewer and dropped some time after the last. All end with the trunk.
 */
export class Outlets {
  readonly trunk: Outlet;
  readonly #entries = new Set<Entry>();

  constructor(trunk: Outlet) {
    this.trunk = trunk;
    trunk.seat.router.observer.once('close', () => this.#close());
  }

  /** Number of edges with other payload types. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * A place for a viewer.
   *
   * @param wish undefined: what the trunk has
   * @param live codecs of what is broadcast now
   * @throws {SpillwayError} `not-acceptable` when there are too many layouts, `unavailable` when the worker dies meanwhile
   */
  async enter(wish: Wish | undefined, live: readonly RtpCodecParameters[] = []): Promise<Berth> {
    if (!wish || covers(originLayout, wish.layout)) {
      return { outlet: this.trunk, leave: () => {} };
    }
    const layout = routableLayout(wish.layout, live);
    const entry = this.#entries.values().find((candidate) => covers(candidate.layout, layout));
    return this.#use(entry ?? this.#add({ ...wish, layout }));
  }

  #add({ layout, client }: Wish): Entry {
    this.#checkShare(client);
    if (this.#entries.size >= MAX_EDGES) this.#dropIdle();
    const edge = this.#createEdge(layout);
    const entry: Entry = { layout, client, edge, users: 0, idleTimer: undefined };
    this.#entries.add(entry);
    edge.then(
      ({ seat }) => seat.router.observer.once('close', () => this.#drop(entry)),
      () => this.#drop(entry),
    );
    return entry;
  }

  async #createEdge(layout: PayloadLayout): Promise<Edge> {
    const { trunk } = this;
    const router = await whileOpen(trunk.seat.router, trunk.seat.createRouter(layoutCodecs(layout)));
    return new Edge({ ...trunk.seat, router }, layout, async () => trunk);
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

  #checkShare(client: string | undefined): void {
    if (client === undefined) return;
    const brought = [...this.#entries].filter((entry) => entry.client === client && entry.users > 0);
    if (brought.length < MAX_EDGES_OF_CLIENT) return;
    throw new SpillwayError(
      'not-acceptable',
      `viewers of this address use ${MAX_EDGES_OF_CLIENT} different sets of payload types already; offer those of a browser`,
    );
  }

  #close(): void {
    for (const entry of [...this.#entries]) this.#drop(entry);
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
