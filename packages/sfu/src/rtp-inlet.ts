import { EventEmitter } from 'node:events';
import type { RtpInput } from '@spillway/protocol';
import type { PlainTransport, Producer, RtpParameters } from 'mediasoup/types';
import type { Broadcast } from './broadcast.ts';
import type { Seat } from './seat.ts';

/** What a room needs to listen for plain RTP. */
export interface RtpInletOptions {
  /** Streams to accept. Those with the same port share a transport and differ in SSRC and payload type. */
  readonly inputs: readonly RtpInput[];
  /** Address to bind, for example `127.0.0.1`. */
  readonly listenAddress: string;
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

/** Takes the room's broadcast for this inlet; throws when it is taken by another. */
export type ClaimBroadcast = () => Broadcast;

function rtpParameters(input: RtpInput): RtpParameters {
  const codec =
    input.codec === 'opus'
      ? { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, parameters: { 'sprop-stereo': 1 } }
      : {
          mimeType: `video/${input.codec}`,
          clockRate: 90_000,
          ...(input.codec === 'H264'
            ? { parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' } }
            : {}),
        };
  return {
    codecs: [{ ...codec, payloadType: input.payloadType }],
    encodings: [{ ssrc: input.ssrc }],
    rtcp: { cname: `spillway-${input.ssrc}` },
  };
}

/**
 * Listens for plain RTP on the worker. A transport takes the first remote address that sends (comedia) and keeps it;
 * close the inlet and open it again to take another.
 */
export class RtpInlet extends EventEmitter<RtpInletEvents> {
  readonly #options: RtpInletOptions;
  readonly #claim: ClaimBroadcast;
  readonly #transports: PlainTransport[] = [];
  readonly #arrived = new Map<Producer['kind'], Producer>();
  #broadcast: Broadcast | undefined;
  readonly #handleEnded = () => {
    this.close();
    this.#options.onClosed('its broadcast was ended');
  };
  #refused = false;
  #closed = false;

  /** @throws when a port cannot be bound */
  static async create(seat: Seat, options: RtpInletOptions, claim: ClaimBroadcast): Promise<RtpInlet> {
    const inlet = new RtpInlet(options, claim);
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

  private constructor(options: RtpInletOptions, claim: ClaimBroadcast) {
    super();
    this.#options = options;
    this.#claim = claim;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** RTP taken so far, over all inputs. Bytes. What comes from other than the accepted addresses does not count. */
  async bytesReceived(): Promise<number> {
    const stats = await Promise.all(this.#transports.map((transport) => transport.getStats()));
    return stats.flat().reduce((sum, stat) => sum + stat.rtpBytesReceived, 0);
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
    const listen = { protocol: 'udp' as const, ip: this.#options.listenAddress };
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
    for (const input of inputs) {
      const producer = await transport.produce({ kind: input.kind, rtpParameters: rtpParameters(input) });
      producer.once('trace', () => {
        void producer.enableTraceEvent([]).catch(() => {});
        this.#handleArrived(producer);
      });
      await producer.enableTraceEvent([input.kind === 'video' ? 'keyframe' : 'rtp']);
    }
  }

  #handleArrived(producer: Producer): void {
    if (this.#closed || this.#refused) return;
    this.#arrived.set(producer.kind, producer);
    // Video leads: a room with sound alone would show nothing until the first key frame.
    const videoExpected = this.#options.inputs.some((input) => input.kind === 'video');
    if (!this.#broadcast && videoExpected && !this.#arrived.has('video')) return;
    try {
      if (!this.#broadcast) {
        this.#broadcast = this.#claim();
        this.#broadcast.once('ended', this.#handleEnded);
        for (const arrived of this.#arrived.values())
          this.#broadcast.setTrack({ producer: arrived, layers: [] });
        this.#options.onLive();
      } else {
        this.#broadcast.setTrack({ producer, layers: [] });
      }
    } catch (error) {
      this.#refused = true;
      this.#options.onRefused(error instanceof Error ? error.message : String(error));
    }
  }
}
