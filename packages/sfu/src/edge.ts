import type { PipeTransport, Producer, Router } from 'mediasoup/types';
import type { BroadcastTrack } from './broadcast.ts';
import { whileOpen } from './gone.ts';
import { layoutCodecs, type PayloadLayout, relabel } from './payload-layout.ts';
import type { Seat } from './seat.ts';

/** Where viewers get their consumers: the room's origin router, or an edge. */
export interface Outlet {
  readonly seat: Seat;
  /** A track of the broadcast as its router has it; undefined where no viewer here could take it. */
  carry(track: BroadcastTrack): Promise<BroadcastTrack | undefined>;
}

/** The origin router as it is. */
export function originOutlet(seat: Seat): Outlet {
  return { seat, carry: async (track) => track };
}

/** Packets between routers of one machine: neither encrypted nor sent again. */
const PIPE = {
  listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange: { min: 49_152, max: 65_535 } },
  enableSctp: false,
  enableRtx: false,
  enableSrtp: false,
} as const;

interface Pipe {
  readonly near: PipeTransport;
  readonly far: PipeTransport;
}

/**
 * A router that producers are piped to from the origin, each once, for viewers whose payload types are not the origin's.
 * It costs one copy of each packet, whatever number of viewers it has.
 */
export class Edge implements Outlet {
  readonly seat: Seat;
  readonly layout: PayloadLayout;
  readonly #origin: Router;
  readonly #carried = new Map<string, Promise<BroadcastTrack | undefined>>();
  #pipe: Promise<Pipe> | undefined;

  /** @throws {SpillwayError} `unavailable` when the worker dies meanwhile */
  static async create(origin: Seat, layout: PayloadLayout): Promise<Edge> {
    const router = await whileOpen(origin.router, origin.createRouter(layoutCodecs(layout)));
    return new Edge(origin, router, layout);
  }

  private constructor(origin: Seat, router: Router, layout: PayloadLayout) {
    this.seat = { ...origin, router };
    this.layout = layout;
    this.#origin = origin.router;
    origin.router.observer.once('close', () => this.close());
  }

  carry(track: BroadcastTrack): Promise<BroadcastTrack | undefined> {
    const { id } = track.producer;
    let carried = this.#carried.get(id);
    if (!carried) {
      carried = this.#carry(track);
      this.#carried.set(id, carried);
      // A failure is for those who wait; the next one tries anew.
      carried.catch(() => this.#carried.delete(id));
      track.producer.observer.once('close', () => this.#carried.delete(id));
    }
    return carried;
  }

  /** Idempotent. Takes its viewers' transports along. */
  close(): void {
    this.seat.router.close();
    this.#pipe?.then(
      ({ near }) => near.close(),
      () => {},
    );
  }

  async #carry({ producer, layers }: BroadcastTrack): Promise<BroadcastTrack | undefined> {
    const codecs = producer.consumableRtpParameters.codecs;
    if (!codecs[0] || !relabel(this.layout, codecs[0])) return undefined;
    this.#pipe ??= this.#openPipe();
    const { near, far } = await this.#pipe;
    const consumer = await whileOpen(near, near.consume({ producerId: producer.id }));
    const { rtpParameters, kind, producerPaused } = consumer;
    const piped: Producer = await whileOpen(
      far,
      far.produce({
        kind,
        rtpParameters: {
          ...rtpParameters,
          codecs: rtpParameters.codecs.flatMap((codec) => relabel(this.layout, codec) ?? []),
        },
        paused: producerPaused,
      }),
    );
    consumer.observer.once('close', () => piped.close());
    piped.observer.once('close', () => consumer.close());
    const follow = (request: () => Promise<void>) => {
      // It may be gone by now.
      request().catch(() => {});
    };
    consumer.on('producerpause', () => follow(() => piped.pause()));
    consumer.on('producerresume', () => follow(() => piped.resume()));
    if (consumer.closed) piped.close();
    return { producer: piped, layers };
  }

  async #openPipe(): Promise<Pipe> {
    const [near, far] = await Promise.all([
      whileOpen(this.#origin, this.#origin.createPipeTransport(PIPE)),
      whileOpen(this.seat.router, this.seat.router.createPipeTransport(PIPE)),
    ]);
    const to = ({ tuple }: PipeTransport) => ({
      ip: tuple.localIp ?? tuple.localAddress,
      port: tuple.localPort,
    });
    await Promise.all([whileOpen(near, near.connect(to(far))), whileOpen(far, far.connect(to(near)))]);
    return { near, far };
  }
}
