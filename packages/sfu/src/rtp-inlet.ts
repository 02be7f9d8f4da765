import { EventEmitter } from 'node:events';
import type { Layer, RtpInput } from '@spillway/protocol';
import type { PlainTransport, Producer, RtpParameters } from 'mediasoup/types';
import type { Broadcast } from './broadcast.ts';
import type { Seat } from './seat.ts';

/** RTP that was taken. Bytes. */
export interface ReceivedBytes {
  readonly video: number;
  readonly audio: number;
}

/** What a simulcast layer looks like. */
export interface InletLayer {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bits per second, where known. */
  readonly bitrate?: number;
}

/** What a room needs to listen for plain RTP. */
export interface RtpInletOptions {
  /** Streams to accept. Those with the same port share a transport and differ in SSRC and payload type. */
  readonly inputs: readonly RtpInput[];
  /**
   * What the video inputs look like, one for each, lowest first: they are the simulcast layers of one H264 or VP8
   * producer then, which all come from one sender. Default: alternatives, of which one arrives.
   */
  readonly layers?: readonly InletLayer[];
  /** Address to bind, for example `127.0.0.1`. */
  readonly listenAddress: string;
  /** Whether the room is not taken until {@link RtpInlet.release}. Default false. */
  readonly hold?: boolean;
  /** Called once, when `hold` keeps from the room what would be live. */
  onReady?(): void;
  /** Called once, when media arrives and the room has taken the broadcast. */
  onLive(): void;
  /** Called once, when media arrives but the room is taken. */
  onRefused(reason: string): void;
  /** Called once, when the inlet is gone though nobody closed it. */
  onClosed(reason: string): void;
}

export type RtpInletEvents = {
  /** It is gone; its ports are free. */
  closed: [];
};

/** How an inlet has the room's broadcast. */
export interface BroadcastDoor {
  /** Takes it for this inlet; throws when it is taken by another. */
  readonly claim: () => Broadcast;
  /** Why it cannot be taken now; undefined when it can. */
  readonly obstacle: () => string | undefined;
}

/** A key frame of a large picture comes in one burst. Bytes; the system's `net.core.rmem_max` is the most it gives. */
const RECEIVE_BUFFER = 4 * 2 ** 20;

/** Plain RTP has no negotiation: what each codec commonly is. */
const RTP_CODECS: Record<RtpInput['codec'], Omit<RtpParameters['codecs'][number], 'payloadType'>> = {
  opus: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, parameters: { 'sprop-stereo': 1 } },
  PCMU: { mimeType: 'audio/PCMU', clockRate: 8000 },
  PCMA: { mimeType: 'audio/PCMA', clockRate: 8000 },
  VP8: { mimeType: 'video/VP8', clockRate: 90_000 },
  VP9: { mimeType: 'video/VP9', clockRate: 90_000 },
  AV1: { mimeType: 'video/AV1', clockRate: 90_000 },
  H264: {
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
  },
};

/** @param inputs streams of one producer: a single one, or its layers */
function rtpParameters(inputs: readonly [RtpInput, ...RtpInput[]]): RtpParameters {
  const [{ codec, payloadType, ssrc }] = inputs;
  return {
    codecs: [{ ...RTP_CODECS[codec], payloadType }],
    encodings: inputs.map((input) => ({ ssrc: input.ssrc })),
    rtcp: { cname: `spillway-${ssrc}` },
  };
}

/**
 * Listens for plain RTP on the worker. A transport takes the first remote address that sends (comedia) and keeps it;
 * close the inlet and open it again to take another.
 */
export class RtpInlet extends EventEmitter<RtpInletEvents> {
  readonly #options: RtpInletOptions;
  readonly #door: BroadcastDoor;
  readonly #transports: PlainTransport[] = [];
  readonly #producers: Producer[] = [];
  readonly #arrived = new Map<Producer['kind'], Producer>();
  #broadcast: Broadcast | undefined;
  #air: symbol | undefined;
  readonly #handleEnded = () => {
    this.close();
    this.#options.onClosed('its broadcast was ended');
  };
  #held: boolean;
  #ready = false;
  #refused = false;
  #closed = false;

  /** @throws when a port cannot be bound, or the layers do not fit the inputs */
  static async create(seat: Seat, options: RtpInletOptions, door: BroadcastDoor): Promise<RtpInlet> {
    const inlet = new RtpInlet(options, door);
    try {
      for (const inputs of Map.groupBy(options.inputs, (input) => input.port).values()) {
        await inlet.#listen(seat, inputs);
      }
    } catch (error) {
      inlet.close();
      throw error;
    }
    return inlet;
  }

  private constructor(options: RtpInletOptions, door: BroadcastDoor) {
    super();
    checkLayers(options);
    this.#options = options;
    this.#door = door;
    this.#held = options.hold ?? false;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** RTP taken so far, over all inputs of a kind. What comes from other than the accepted senders does not count. */
  async received(): Promise<ReceivedBytes> {
    const bytes = { video: 0, audio: 0 };
    const count = async (producer: Producer) => {
      for (const { byteCount } of await producer.getStats()) bytes[producer.kind] += byteCount;
    };
    await Promise.all(this.#producers.map(count));
    return bytes;
  }

  /** Keeps the room from being taken until {@link release}, unless it is taken already. Idempotent. */
  hold(): void {
    if (!this.#broadcast) this.#held = true;
  }

  /** Takes the room with what was held, or will be there. Idempotent. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    if (this.#ready && !this.#closed) this.#take();
  }

  /** Idempotent. Frees the ports; the broadcast waits for its media for the grace time. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A broadcast may outlive many inlets of its source.
    this.#broadcast?.off('ended', this.#handleEnded);
    for (const transport of this.#transports) transport.close();
    this.emit('closed');
  }

  async #listen(seat: Seat, inputs: readonly RtpInput[]): Promise<void> {
    const [first] = inputs;
    if (!first) return;
    const listen = {
      protocol: 'udp' as const,
      ip: this.#options.listenAddress,
      recvBufferSize: RECEIVE_BUFFER,
    };
    const transport = await seat.router.createPlainTransport({
      listenInfo: { ...listen, port: first.port },
      rtcpListenInfo: { ...listen, port: first.rtcpPort },
      rtcpMux: false,
      comedia: true,
    });
    this.#transports.push(transport);
    transport.observer.once('close', () => {
      if (this.#closed) return;
      this.close();
      this.#options.onClosed('its media worker is gone');
    });
    const layered = this.#options.layers !== undefined;
    const [layers, single] = [
      inputs.filter(({ kind }) => layered && kind === 'video'),
      inputs.filter(({ kind }) => !layered || kind !== 'video'),
    ];
    const [lowest, ...higher] = layers;
    if (lowest) await this.#produce(transport, [lowest, ...higher]);
    for (const input of single) await this.#produce(transport, [input]);
  }

  async #produce(transport: PlainTransport, inputs: readonly [RtpInput, ...RtpInput[]]): Promise<void> {
    const [{ kind }] = inputs;
    const producer = await transport.produce({ kind, rtpParameters: rtpParameters(inputs) });
    this.#producers.push(producer);
    producer.once('trace', () => {
      void producer.enableTraceEvent([]).catch(() => {});
      this.#handleArrived(producer);
    });
    await producer.enableTraceEvent([kind === 'video' ? 'keyframe' : 'rtp']);
  }

  #handleArrived(producer: Producer): void {
    if (this.#closed || this.#refused) return;
    this.#arrived.set(producer.kind, producer);
    if (this.#broadcast) {
      this.#setTrack(producer);
      return;
    }
    // Video leads: a room with sound alone would show nothing until the first key frame.
    const videoExpected = this.#options.inputs.some((input) => input.kind === 'video');
    if (this.#ready || (videoExpected && !this.#arrived.has('video'))) return;
    this.#ready = true;
    if (!this.#held) {
      this.#take();
      return;
    }
    const obstacle = this.#door.obstacle();
    if (obstacle === undefined) this.#options.onReady?.();
    else this.#refuse(obstacle);
  }

  #take(): void {
    try {
      this.#broadcast = this.#door.claim();
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#air = this.#broadcast.takeAir();
    this.#broadcast.once('ended', this.#handleEnded);
    for (const producer of this.#arrived.values()) this.#setTrack(producer);
    this.#options.onLive();
  }

  #refuse(reason: string): void {
    this.#refused = true;
    this.#options.onRefused(reason);
  }

  #setTrack(producer: Producer): void {
    // Another inlet of the same owner may have taken over since.
    if (!this.#air || !this.#broadcast?.hasAir(this.#air)) return;
    const layers = producer.kind === 'video' ? (this.#options.layers ?? []) : [];
    this.#broadcast.setTrack({ producer, layers: layers.map(toLayer) });
  }
}

function checkLayers({ inputs, layers }: RtpInletOptions): void {
  if (!layers) return;
  const video = inputs.filter(({ kind }) => kind === 'video');
  const [first] = video;
  const alike = video.every((input) => input.codec === first?.codec && input.port === first.port);
  if (layers.length === video.length && alike && (first?.codec === 'H264' || first?.codec === 'VP8')) return;
  throw new Error(
    'The layers of an inlet need a video input each, all of one port and one codec, H264 or VP8',
  );
}

function toLayer({ width, height, bitrate }: InletLayer): Layer {
  return { width, height, ...(bitrate ? { maxBitrate: Math.round(bitrate) } : {}) };
}
