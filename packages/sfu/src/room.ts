import { EventEmitter } from 'node:events';
import type {
  BroadcastInfo,
  DtlsParameters,
  Playback,
  RoomState,
  RtpCapabilities,
  TransportParameters,
  VideoCodec,
} from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { RtpCodecParameters } from 'mediasoup/types';
import { Audience } from './audience.ts';
import { Broadcast } from './broadcast.ts';
import { Edges, type EdgesOptions } from './edges.ts';
import type { JoinQueue, JoinWish } from './join-queue.ts';
import type { NegotiatedViewer, Negotiation } from './negotiated-viewer.ts';
import { type FindOrigin, Origin } from './origin.ts';
import { RtpInlet, type RtpInletOptions } from './rtp-inlet.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { Enter, Viewer } from './viewer.ts';
import { WebRtcBroadcaster } from './webrtc-broadcaster.ts';

export interface RoomLimits {
  /** Viewers of one room at most. */
  readonly maxViewers: number;
  /** How long a broadcast lives without its broadcaster. Milliseconds. */
  readonly graceMs: number;
  /** How long a new broadcast may take until its first media. Milliseconds. */
  readonly startMs: number;
  /** What one broadcaster may send. Bits per second. */
  readonly maxIncomingBitrate: number;
  /** When a negotiated viewer is gone that is sent media and says nothing. Milliseconds. */
  readonly viewerSilenceMs: number;
}

/** What a room asks of the SFU that it is part of. */
export interface RoomHost extends Pick<EdgesOptions, 'findPlace' | 'createSeat'> {
  readonly findOrigin: FindOrigin;
  /**
   * Waits until one more may join.
   *
   * @throws {SpillwayError} `unavailable` as {@link JoinQueue.enter}
   */
  takeTurn(wish: JoinWish): Promise<void>;
}

export type RoomEvents = {
  /** Its state or its broadcast has changed. */
  change: [];
  /** How many viewers it has now: one was added or is gone. */
  viewers: [count: number];
  /** A viewer cannot decode the broadcast's video; these codecs all viewers can. */
  codecs: [common: VideoCodec[]];
  /** Its worker died and it has a place again. */
  rebuilt: [];
  /** It is gone. */
  closed: [reason: string];
};

export interface BroadcastClaim {
  readonly broadcaster: BroadcastInfo['broadcaster'];
  /** Secret of the broadcast to take back. */
  readonly resume?: string | undefined;
  /** End another's broadcast instead of being refused. */
  readonly takeover?: boolean | undefined;
}

const RECALL_REASON = 'the media worker was replaced';

/** When the media of a broadcaster that sends no ICE checks counts as gone. */
const BROADCASTER_SILENCE = { intervalMs: 1000, limitMs: 5000 };

/** What viewers open: at most one broadcast, and those who watch it. */
export class Room extends EventEmitter<RoomEvents> {
  readonly name: string;
  readonly #limits: RoomLimits;
  readonly #host: RoomHost;
  readonly #audience: Audience;
  readonly #inlets = new Set<RtpInlet>();
  readonly #broadcasterSilence = new SilenceWatch(BROADCASTER_SILENCE);
  readonly #origin: Origin;
  readonly #edges: Edges;
  #broadcast: Broadcast | undefined;
  #broadcaster: WebRtcBroadcaster | undefined;
  #closed = false;

  /** @throws {SpillwayError} `unavailable` when no worker is up in time */
  static async create(name: string, limits: RoomLimits, host: RoomHost): Promise<Room> {
    const room = new Room(name, limits, host);
    try {
      await room.#origin.seat;
    } catch (error) {
      room.close('no media worker');
      throw error;
    }
    return room;
  }

  private constructor(name: string, limits: RoomLimits, host: RoomHost) {
    super();
    // Every viewer that waits for it listens.
    this.setMaxListeners(0);
    this.name = name;
    this.#limits = limits;
    this.#audience = new Audience({
      ...limits,
      room: name,
      enter: this.#enter,
      findBroadcast: () => this.#broadcast,
      onCount: (count) => this.emit('viewers', count),
      onUnsupported: () => this.emit('codecs', this.commonCodecs),
    });
    this.#host = host;
    this.#origin = new Origin(host.findOrigin);
    this.#origin.on('lost', (index) => this.#handleOriginLost(index));
    this.#origin.on('moved', () => this.#handleOriginMoved());
    this.#origin.on('failed', (reason) => this.close(`no place on a media worker: ${reason}`));
    this.#edges = new Edges(this.#origin.seat, {
      findPlace: (room) => host.findPlace(room),
      createSeat: (index) => host.createSeat(index),
      onLost: (index) => {
        this.#audience.reset(index);
        this.#audience.recall(RECALL_REASON);
      },
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  get state(): RoomState {
    return this.#broadcast?.state ?? 'offline';
  }

  get broadcast(): Broadcast | undefined {
    return this.#broadcast;
  }

  get viewers(): ReadonlyMap<string, Viewer> {
    return this.#audience.viewers;
  }

  /** Index of the worker that holds its origin router; undefined while it waits for one. */
  get workerIndex(): number | undefined {
    return this.#origin.workerIndex;
  }

  /** Indexes of the workers that hold an edge of it. */
  get edges(): ReadonlySet<number> {
    return this.#edges.workers;
  }

  /** Video codecs that every viewer decodes. */
  get commonCodecs(): VideoCodec[] {
    return this.#audience.commonCodecs;
  }

  /**
   * @param id unique among all viewers
   * @param client who it is, for its turns among those who join. Default: nobody in particular
   * @throws {SpillwayError} `too-many` when the room is full
   */
  addViewer(id: string, capabilities: RtpCapabilities, client?: string): Viewer;
  /** @param negotiation how the client negotiates: {@link join} is the viewer's next step */
  addViewer(id: string, capabilities: RtpCapabilities, negotiation: Negotiation): NegotiatedViewer;
  addViewer(id: string, capabilities: RtpCapabilities, who?: string | Negotiation): Viewer {
    this.#check();
    return this.#audience.add(id, capabilities, who);
  }

  /**
   * Gives a viewer all that there is to play, when its turn to join has come.
   *
   * @throws {SpillwayError} `unavailable` with `retryAfter` when so many join that it would have to wait for too long
   */
  watch(viewer: Viewer): Promise<Playback> {
    return this.#audience.watch(viewer, true);
  }

  /**
   * Connects a viewer that has negotiated, and plays what there is. It follows all changes by itself.
   *
   * @returns what the answer says of the transport
   * @throws {SpillwayError} `not-live`, `not-acceptable`, `unavailable`; the viewer is closed then
   */
  join(viewer: NegotiatedViewer, dtlsParameters: DtlsParameters): Promise<TransportParameters> {
    return this.#audience.join(viewer, dtlsParameters);
  }

  /**
   * Prepares a viewer to whom the server makes the offer; {@link NegotiatedViewer.start} is its next step.
   *
   * @returns what the offer says of the transport
   * @throws {SpillwayError} as {@link join}; the viewer is closed then
   */
  prepare(viewer: NegotiatedViewer): Promise<TransportParameters> {
    return this.#audience.prepare(viewer);
  }

  /**
   * Makes a WebRTC client the room's broadcaster.
   *
   * @param transportId the transport that a returning broadcaster still has
   * @returns the broadcaster; `resumed` when it goes on with that transport
   * @throws {SpillwayError} `room-busy` when another broadcasts
   */
  async openBroadcaster(
    claim: BroadcastClaim,
    transportId?: string,
  ): Promise<{ broadcaster: WebRtcBroadcaster; resumed: boolean }> {
    this.#check();
    const broadcast = this.#claim(claim);
    const present = this.#broadcaster;
    const keeps = present?.broadcast === broadcast && present.transportParameters.id === transportId;
    if (present && keeps && !present.closed) return { broadcaster: present, resumed: true };
    const broadcaster = await WebRtcBroadcaster.create(await this.#origin.seat, broadcast, {
      maxIncomingBitrate: this.#limits.maxIncomingBitrate,
      // Encoders that speak WHIP do not all send ICE consent checks.
      ...(claim.broadcaster === 'whip' ? { silence: this.#broadcasterSilence } : {}),
    });
    if (broadcast.ended) {
      broadcaster.close('the broadcast is over');
      throw new SpillwayError('wrong-state', 'the broadcast ended while it was taken back: broadcast again');
    }
    // Another may have come meanwhile.
    const former = this.#broadcaster;
    this.#broadcaster = broadcaster;
    broadcaster.once('closed', () => {
      if (this.#broadcaster === broadcaster) this.#broadcaster = undefined;
    });
    former?.close('its broadcaster came back on a new transport');
    return { broadcaster, resumed: false };
  }

  /**
   * Listens for plain RTP, which becomes the broadcast when it arrives and nobody else broadcasts.
   *
   * @throws when a port cannot be bound
   */
  async openInlet(options: RtpInletOptions, owner: { resume?: string }): Promise<RtpInlet> {
    this.#check();
    const inlet = await RtpInlet.create(await this.#origin.seat, options, {
      claim: () => {
        const broadcast = this.#claim({ broadcaster: 'source', resume: owner.resume });
        owner.resume = broadcast.resume;
        return broadcast;
      },
      obstacle: () => this.#obstacle({ broadcaster: 'source', resume: owner.resume }),
    });
    if (this.closed) {
      inlet.close();
      this.#check();
    }
    // Its worker may have died meanwhile.
    if (inlet.closed) return inlet;
    this.#inlets.add(inlet);
    inlet.once('closed', () => this.#inlets.delete(inlet));
    return inlet;
  }

  /** Idempotent. Takes viewers, broadcaster, inlets and router along. */
  close(reason: string): void {
    if (this.closed) return;
    this.#closed = true;
    this.#broadcast?.end(reason);
    for (const inlet of [...this.#inlets]) inlet.close();
    this.#audience.close(reason);
    this.#edges.close();
    this.#origin.close();
    this.emit('closed', reason);
  }

  readonly #enter: Enter = async (wish, join) => {
    // While there is no worker nobody takes a turn, or all would come at once when there is one.
    await this.#origin.seat;
    await this.#host.takeTurn(join);
    return this.#edges.enter(wish, () => (wish ? this.#liveCodecs() : []));
  };

  /** Codecs of what is broadcast now. */
  #liveCodecs(): RtpCodecParameters[] {
    const tracks = [...(this.#broadcast?.tracks.values() ?? [])];
    return tracks.flatMap(({ producer }) => producer.consumableRtpParameters.codecs.slice(0, 1));
  }

  /** Why a claim would be refused. */
  #obstacle({ resume, takeover }: BroadcastClaim): string | undefined {
    const present = this.#broadcast;
    if (!present || takeover || (resume && present.isResumedBy(resume))) return undefined;
    return `room ${this.name} has a broadcaster already; end its broadcast or take it over`;
  }

  #claim(claim: BroadcastClaim): Broadcast {
    const { broadcaster, resume } = claim;
    const present = this.#broadcast;
    if (present && resume && present.isResumedBy(resume)) return present;
    const obstacle = this.#obstacle(claim);
    if (obstacle !== undefined) throw new SpillwayError('room-busy', obstacle);
    present?.end('another broadcaster took the room over');
    const { graceMs, startMs } = this.#limits;
    const broadcast = new Broadcast({ broadcaster, graceMs, startMs });
    this.#broadcast = broadcast;
    broadcast.on('change', () => this.#handleBroadcastChange());
    broadcast.once('ended', () => {
      if (this.#broadcast === broadcast) this.#broadcast = undefined;
      this.#handleBroadcastChange();
    });
    return broadcast;
  }

  #handleBroadcastChange(): void {
    if (this.closed) return;
    this.emit('change');
    this.#audience.sync();
  }

  /** Transports went with the worker, those of viewers on edges excepted. The broadcast lives on for the grace time. */
  #handleOriginLost(workerIndex: number): void {
    this.#edges.moveOrigin(this.#origin.seat);
    this.#audience.reset(workerIndex);
  }

  #handleOriginMoved(): void {
    this.emit('rebuilt');
    this.#audience.recall(RECALL_REASON);
  }

  #check(): void {
    if (this.closed) throw new SpillwayError('not-found', `room ${this.name} is gone`);
  }
}
