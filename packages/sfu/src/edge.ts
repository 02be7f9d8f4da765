import type { PipeTransport, Producer, Router } from 'mediasoup/types';
import type { BroadcastTrack } from './broadcast.ts';
import { whileOpen } from './gone.ts';
import { type PayloadLayout, relabel } from './payload-layout.ts';
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

/** What a pipe's socket may hold while its worker is busy: a key frame and more. Bytes; the kernel caps it. */
const SOCKET_BUFFER = 4 * 1024 * 1024;

/** Packets between routers of one machine: neither encrypted nor sent again. */
const PIPE = {
  listenInfo: {
    protocol: 'udp',
    ip: '127.0.0.1',
    portRange: { min: 49_152, max: 65_535 },
    recvBufferSize: SOCKET_BUFFER,
    sendBufferSize: SOCKET_BUFFER,
  },
  enableSctp: false,
  enableRtx: false,
  enableSrtp: false,
} as const;

/** A pair of transports, which end together. Nothing goes through before they are connected. */
interface Pipe {
  readonly near: PipeTransport;
  readonly far: PipeTransport;
}

/**
 * A router that producers are piped to, each once: on another worker than the origin, or under other payload types. It
 * costs one copy of each packet, whatever number of viewers it has.
 */
export class Edge implements Outlet {
  readonly seat: Seat;
  readonly layout: PayloadLayout;
  readonly #findUpstream: () => Promise<Outlet>;
  readonly #carried = new Map<string, Promise<BroadcastTrack | undefined>>();

  /**
   * @param seat its router, whose codecs are those of the layout
   * @param findUpstream where it gets its packets from. Asked for each producer: an origin may move
   */
  constructor(seat: Seat, layout: PayloadLayout, findUpstream: () => Promise<Outlet>) {
    this.seat = seat;
    this.layout = layout;
    this.#findUpstream = findUpstream;
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
  }

  async #carry(track: BroadcastTrack): Promise<BroadcastTrack | undefined> {
    const upstream = await this.#findUpstream();
    const arrived = await upstream.carry(track);
    const codec = arrived?.producer.consumableRtpParameters.codecs[0];
    if (!arrived || !codec || !relabel(this.layout, codec)) return undefined;
    // One for each producer, since packets flow as soon as a pipe that is connected has a consumer. The first is a key
    // frame, and the last for some time: it has to find the copy there.
    const pipe = await openPipe(upstream.seat.router, this.seat.router);
    try {
      const producer = await this.#copy(arrived.producer, pipe);
      await connect(pipe);
      return { producer, layers: track.layers };
    } catch (error) {
      pipe.near.close();
      throw error;
    }
  }

  /** The producer that a pipe ends in. Both end with what they copy. */
  async #copy(original: Producer, { near, far }: Pipe): Promise<Producer> {
    const consumer = await whileOpen(near, near.consume({ producerId: original.id }));
    consumer.observer.once('close', () => near.close());
    // The news may have come before there was a consumer to hear it.
    if (original.closed) near.close();
    const { rtpParameters, kind, producerPaused: paused } = consumer;
    const codecs = rtpParameters.codecs.flatMap((codec) => relabel(this.layout, codec) ?? []);
    const piped = await whileOpen(
      far,
      far.produce({ kind, paused, rtpParameters: { ...rtpParameters, codecs } }),
    );
    const follow = (request: () => Promise<void>) => {
      // It may be gone by now.
      request().catch(() => {});
    };
    consumer.on('producerpause', () => follow(() => piped.pause()));
    consumer.on('producerresume', () => follow(() => piped.resume()));
    return piped;
  }
}

/** @throws {SpillwayError} `unavailable` when a worker dies meanwhile */
async function openPipe(from: Router, to: Router): Promise<Pipe> {
  const near = await whileOpen(from, from.createPipeTransport(PIPE));
  try {
    const far = await whileOpen(to, to.createPipeTransport(PIPE));
    near.observer.once('close', () => far.close());
    far.observer.once('close', () => near.close());
    if (near.closed) far.close();
    return { near, far };
  } catch (error) {
    near.close();
    throw error;
  }
}

/** Lets packets through: the end that takes them first. */
async function connect({ near, far }: Pipe): Promise<void> {
  await whileOpen(far, far.connect(addressOf(near)));
  await whileOpen(near, near.connect(addressOf(far)));
}

function addressOf({ tuple }: PipeTransport): { ip: string; port: number } {
  return { ip: tuple.localIp ?? tuple.localAddress, port: tuple.localPort };
}
