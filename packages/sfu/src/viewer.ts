import { EventEmitter } from 'node:events';
import type {
  RtpCapabilities as ClientCapabilities,
  ConsumerParameters,
  DtlsParameters,
  IceParameters,
  MediaKind,
  Playback,
  VideoCodec,
  ViewerInfo,
} from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { Consumer, Producer, RtpCapabilities, WebRtcTransport } from 'mediasoup/types';
import type { Broadcast, BroadcastTrack } from './broadcast.ts';
import { videoCodecOf, videoCodecs } from './codecs.ts';
import { ConsumerSet } from './consumer-set.ts';
import { toClientParameters } from './conversions.ts';
import type { Outlet } from './edge.ts';
import type { JoinWish } from './join-queue.ts';
import type { Berth, Wish } from './outlets.ts';
import { type Reception, receptionOf } from './reception.ts';
import { ViewerTransport } from './viewer-transport.ts';

export type ViewerEvents = {
  /** The broadcast has changed: what to play now. */
  playback: [Playback];
  /** It waits for its turn to join: its place, from 1. At most once a second. */
  queued: [place: number];
  /** Its transport is gone with its worker; it has to watch again. */
  rejoin: [reason: string];
  /** It is gone. */
  closed: [reason: string];
};

/** How a viewer plays. */
export interface ViewerOptions {
  readonly by: ViewerInfo['by'];
  /** Whether it receives under payload types of its own, or under those of the room. Default `room`. */
  readonly payloadTypes?: 'room' | 'own';
  /** Who it is, for what one client may have of a room and for its turns among those who join. Default: nobody in particular. */
  readonly client?: string | undefined;
  /** Names of its media in the MID header extension. Default: any. */
  readonly mids?: Readonly<Partial<Record<MediaKind, string>>>;
  /**
   * Seconds without an answer to ICE consent checks (RFC 7675) after which nothing is sent to it any more; 0: for clients
   * that may send none. Default 30.
   */
  readonly iceConsentTimeout?: number;
}

/** Finds a viewer's place at an outlet of the room, when its turn has come. */
export type Enter = (wish: Wish | undefined, join: JoinWish) => Promise<Berth>;

/** See {@link ViewerOptions.iceConsentTimeout}. Seconds. */
const ICE_CONSENT_TIMEOUT = 30;

/**
 * One playing client: a transport and a consumer for each kind of medium. The transport is made when there is
 * something to play, so a viewer of an offline room costs the worker nothing.
 */
export class Viewer extends EventEmitter<ViewerEvents> {
  readonly id: string;
  readonly since = new Date();
  /** Video codecs that the client decodes; all, where it wants no video. */
  readonly videoCodecs: readonly VideoCodec[];
  readonly #options: ViewerOptions;
  readonly #reception: Reception;
  readonly #consumers = new ConsumerSet();
  #berth: Berth | undefined;
  #transport: ViewerTransport | undefined;
  #playing = false;
  #givingUp: AbortController | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(id: string, capabilities: ClientCapabilities, options: ViewerOptions = { by: 'signaling' }) {
    super();
    this.id = id;
    this.#options = options;
    this.#reception = receptionOf(capabilities, options.payloadTypes);
    this.videoCodecs = this.#wantsVideo ? this.#reception.videoCodecs : videoCodecs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get info(): ViewerInfo {
    const tuple = this.#transport?.closed === false ? this.#transport.webRtc.iceSelectedTuple : undefined;
    return {
      id: this.id,
      since: this.since.toISOString(),
      by: this.#options.by,
      playing: this.#playing,
      ...(tuple ? { path: tuple.protocol } : {}),
      ...(tuple?.remoteIp ? { address: tuple.remoteIp } : {}),
      ...(this.workerIndex === undefined ? {} : { worker: this.workerIndex }),
    };
  }

  /** A client that negotiated no video gets on with any. */
  get #wantsVideo(): boolean {
    const { mids } = this.#options;
    return !mids || mids.video !== undefined;
  }

  /** Index of the worker on which it has a place; undefined before there was something to play. */
  get workerIndex(): number | undefined {
    return this.#berth?.outlet.seat.workerIndex;
  }

  /** Its transport, once there was something to play. */
  protected get transport(): WebRtcTransport | undefined {
    return this.#transport?.webRtc;
  }

  /** What its client can receive. One object for all whose clients say the same. */
  get capabilities(): ClientCapabilities {
    return this.#reception.client;
  }

  /** What is forwarded to it now. */
  get consumers(): Consumer[] {
    return this.#consumers.all;
  }

  /**
   * Makes whatever the broadcast has and the viewer lacks. Calls run one after the other, in their order, however long
   * the room waits for its seat.
   *
   * @param enter finds its place, unless it has one
   * @param findBroadcast the room's broadcast when the call's turn has come
   * @param bounded whether it is refused rather than wait for too long until it may join. Default: no
   */
  watch(enter: Enter, findBroadcast: () => Broadcast | undefined, bounded = false): Promise<Playback> {
    return this.#enqueue(async () => {
      this.#check();
      // Without anything to play it takes no place.
      const outlet = tracksOf(findBroadcast()).size > 0 ? await this.#enter(enter, bounded) : undefined;
      this.#check();
      const broadcast = findBroadcast();
      const tracks = tracksOf(broadcast);
      for (const kind of ['audio', 'video'] as const) {
        if (!tracks.has(kind)) this.#consumers.close(kind);
      }
      return {
        state: broadcast?.state ?? 'offline',
        kinds: [...tracks.keys()],
        ...(outlet && tracks.size > 0 ? await this.#takeAll(tracks.values(), outlet) : { consumers: [] }),
      };
    });
  }

  /** Tells the client what there is to play now. */
  async present(playback: Playback): Promise<void> {
    this.emit('playback', playback);
  }

  /** Its transport went with its worker, and the room has a place again. */
  lose(reason: string): void {
    this.emit('rejoin', reason);
  }

  /** Gives up transport and consumers, so that the next {@link watch} starts afresh. */
  reset(): void {
    this.#consumers.closeAll();
    this.#transport?.close();
    this.#transport = undefined;
    this.#berth?.leave();
    this.#berth = undefined;
    this.#playing = false;
  }

  /**
   * The client is ready: connects its transport the first time, and resumes consumers.
   *
   * @throws {SpillwayError} `wrong-state` without a transport, or connected for the first time without DTLS parameters
   */
  async play(consumerIds: readonly string[], dtlsParameters?: DtlsParameters): Promise<void> {
    await this.#requireTransport().connect(dtlsParameters);
    await this.#consumers.play(consumerIds);
    this.#playing = true;
  }

  /** Pauses all consumers until the next {@link play} that names them. */
  async pause(): Promise<void> {
    this.#playing = false;
    await this.#consumers.pause();
  }

  /** Highest spatial and temporal layer to forward; null for all that the network carries. */
  async setLayer(spatialLayer: number | null, temporalLayer: number | null = null): Promise<void> {
    await this.#consumers.setLayer(spatialLayer, temporalLayer);
  }

  /** Bounds the layer whatever the client asks for; null does not. */
  async limitLayer(layer: number | null): Promise<void> {
    await this.#consumers.limitLayer(layer);
  }

  /** @throws {SpillwayError} `wrong-state` without a transport */
  async restartIce(): Promise<IceParameters> {
    return this.#requireTransport().restartIce();
  }

  /** Idempotent. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#givingUp?.abort();
    this.reset();
    this.emit('closed', reason);
  }

  /** The place that it has, or a new one after {@link reset}. */
  async #enter(enter: Enter, bounded: boolean): Promise<Outlet> {
    if (this.#berth?.outlet.seat.router.closed) this.reset();
    if (!this.#berth) {
      const { client } = this.#options;
      const { layout } = this.#reception;
      const givingUp = new AbortController();
      this.#givingUp = givingUp;
      const { signal } = givingUp;
      const onPlace = (place: number) => this.emit('queued', place);
      const berth = await enter(layout && { layout, client }, { client, bounded, signal, onPlace });
      this.#givingUp = undefined;
      if (this.#closed) {
        berth.leave();
        this.#check();
      }
      this.#berth = berth;
    }
    return this.#berth.outlet;
  }

  /** Makes a transport and consumers, unless the viewer has them. */
  async #takeAll(
    tracks: Iterable<BroadcastTrack>,
    outlet: Outlet,
  ): Promise<Pick<Playback, 'transport' | 'consumers' | 'unsupportedCodec'>> {
    const transport = await this.#takeTransport(outlet);
    const consumers: ConsumerParameters[] = [];
    let unsupportedCodec: VideoCodec | undefined;
    for (const track of tracks) {
      const { producer } = track;
      try {
        const taken = await this.#take(track, outlet);
        if (taken === 'unsupported') unsupportedCodec ??= this.#unsupported(producer);
        else if (taken) consumers.push(taken);
      } catch (error) {
        // The next playback says so.
        if (!producer.closed) throw error;
      }
    }
    // It is told of its transport with what it connects it for.
    const introduced = consumers.length > 0 ? transport.introduce() : undefined;
    return {
      consumers,
      ...(introduced ? { transport: introduced } : {}),
      ...(unsupportedCodec ? { unsupportedCodec } : {}),
    };
  }

  /** The transport that it has, or a new one. */
  async #takeTransport({ seat }: Outlet): Promise<ViewerTransport> {
    if (this.#transport && !this.#transport.closed) return this.#transport;
    const { iceConsentTimeout = ICE_CONSENT_TIMEOUT } = this.#options;
    const transport = await ViewerTransport.create(seat, iceConsentTimeout);
    if (this.#closed) {
      transport.close();
      this.#check();
    }
    this.#transport = transport;
    return transport;
  }

  /** Makes a consumer, unless the viewer has one. */
  async #take(
    track: BroadcastTrack,
    outlet: Outlet,
  ): Promise<ConsumerParameters | 'unsupported' | undefined> {
    const { kind } = track.producer;
    const carried = await outlet.carry(track);
    if (track.producer.closed) return undefined;
    const capabilities = carried && this.#reception.of(carried.producer);
    if (!carried || !capabilities) {
      this.#consumers.close(kind);
      return 'unsupported';
    }
    if (this.#consumers.newest(kind)?.producerId === carried.producer.id) return undefined;
    return this.#consume(carried, capabilities);
  }

  #unsupported({ rtpParameters }: Producer): VideoCodec | undefined {
    return this.#wantsVideo ? videoCodecOf(rtpParameters.codecs[0]?.mimeType ?? '') : undefined;
  }

  async #consume(
    { producer, layers }: BroadcastTrack,
    rtpCapabilities: RtpCapabilities,
  ): Promise<ConsumerParameters> {
    const mid = this.#options.mids?.[producer.kind];
    const consumer = await this.#requireTransport().consume({
      producerId: producer.id,
      rtpCapabilities,
      paused: true,
      ...(mid ? { mid } : {}),
    });
    await this.#consumers.add(consumer);
    const { kind, id } = consumer;
    return {
      id,
      producerId: producer.id,
      kind,
      rtpParameters: toClientParameters(consumer.rtpParameters),
      type: producer.type,
      layers: producer.type === 'simple' ? [] : [...layers],
    };
  }

  #requireTransport(): ViewerTransport {
    this.#check();
    if (!this.#transport || this.#transport.closed) {
      throw new SpillwayError('wrong-state', 'there is nothing to play yet: watch first');
    }
    return this.#transport;
  }

  #check(): void {
    if (this.#closed) throw new SpillwayError('wrong-state', 'the viewer is gone');
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task, task);
    this.#queue = done.catch(() => {});
    return done;
  }
}

const none: ReadonlyMap<MediaKind, BroadcastTrack> = new Map();

function tracksOf(broadcast: Broadcast | undefined): ReadonlyMap<MediaKind, BroadcastTrack> {
  return broadcast && !broadcast.ended ? broadcast.tracks : none;
}
