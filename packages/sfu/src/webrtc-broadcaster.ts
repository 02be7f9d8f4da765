import { EventEmitter } from 'node:events';
import type {
  RtpParameters as ClientRtpParameters,
  DtlsParameters,
  IceParameters,
  Layer,
  MediaKind,
  TransportParameters,
} from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { WebRtcTransport } from 'mediasoup/types';
import type { Broadcast } from './broadcast.ts';
import { toMediasoupParameters } from './conversions.ts';
import { whileOpen } from './gone.ts';
import { createTransport, type Seat } from './seat.ts';
import type { SilenceWatch } from './silence-watch.ts';
import { transportParameters } from './transport-parameters.ts';

/** Requests for a key frame are sent to the broadcaster at most this often, whatever number of viewers joins. Milliseconds. */
const KEY_FRAME_REQUEST_DELAY = 500;

/** Seconds without an answer to ICE consent checks after which the media counts as gone. */
const ICE_CONSENT_TIMEOUT = 10;

export type WebRtcBroadcasterEvents = {
  /** It is gone; its transport too. */
  closed: [reason: string];
};

export interface WebRtcBroadcasterOptions {
  /** Bits per second. */
  readonly maxIncomingBitrate: number;
  /** Finds out that its media is gone. Default: missing ICE consent checks say so. */
  readonly silence?: SilenceWatch;
}

/** A broadcaster over WebRTC: the transport on which the producers of a broadcast arrive. */
export class WebRtcBroadcaster extends EventEmitter<WebRtcBroadcasterEvents> {
  readonly broadcast: Broadcast;
  readonly #transport: WebRtcTransport;
  readonly #handleEnded = (reason: string) => this.close(reason);
  #silent = false;
  #connected = false;
  #closed = false;

  static async create(
    seat: Seat,
    broadcast: Broadcast,
    { maxIncomingBitrate, silence }: WebRtcBroadcasterOptions,
  ): Promise<WebRtcBroadcaster> {
    const iceConsentTimeout = silence ? 0 : ICE_CONSENT_TIMEOUT;
    const transport = await createTransport(seat, { iceConsentTimeout });
    await transport.setMaxIncomingBitrate(maxIncomingBitrate);
    const broadcaster = new WebRtcBroadcaster(broadcast, transport);
    silence?.add(transport, {
      onSilent: () => broadcaster.#setSilent(true),
      onHeard: () => broadcaster.#setSilent(false),
    });
    return broadcaster;
  }

  private constructor(broadcast: Broadcast, transport: WebRtcTransport) {
    super();
    this.broadcast = broadcast;
    this.#transport = transport;
    transport.on('icestatechange', (state) => {
      if (state === 'disconnected') broadcast.lack('media');
      // A path alone is no media.
      else if (!this.#silent) broadcast.regain('media');
    });
    transport.on('dtlsstatechange', (state) => {
      // A browser that closes its connection says so at once.
      if (state === 'closed' || state === 'failed') this.close(`DTLS ${state}`);
    });
    transport.observer.once('close', () => this.close('transport closed'));
    broadcast.once('ended', this.#handleEnded);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get transportParameters(): TransportParameters {
    return transportParameters(this.#transport);
  }

  /** @throws {SpillwayError} `wrong-state` when it is connected already */
  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    this.#check();
    if (this.#connected)
      throw new SpillwayError('wrong-state', 'connect: the transport is connected already');
    this.#connected = true;
    await whileOpen(this.#transport, this.#transport.connect({ dtlsParameters }));
  }

  /**
   * Takes audio or video into the broadcast, in place of the present one of that kind.
   *
   * @returns the producer's id
   * @throws {SpillwayError} `bad-request` when mediasoup cannot take the parameters, `unavailable` when the worker dies
   */
  async produce(
    kind: MediaKind,
    rtpParameters: ClientRtpParameters,
    layers: readonly Layer[],
  ): Promise<string> {
    this.#check();
    const request = this.#transport.produce({
      kind,
      rtpParameters: toMediasoupParameters(rtpParameters),
      keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY,
    });
    const producer = await whileOpen(this.#transport, request).catch((error: Error) => {
      if (error instanceof SpillwayError) throw error;
      throw new SpillwayError('bad-request', `produce: ${error.message}`);
    });
    this.broadcast.setTrack({ producer, layers });
    return producer.id;
  }

  async restartIce(): Promise<IceParameters> {
    this.#check();
    return whileOpen(this.#transport, this.#transport.restartIce());
  }

  /** Idempotent. The broadcast goes on without it for the grace time. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    // A broadcast may outlive many of its broadcaster's transports.
    this.broadcast.off('ended', this.#handleEnded);
    this.#transport.close();
    this.emit('closed', reason);
  }

  #setSilent(silent: boolean): void {
    this.#silent = silent;
    if (silent) this.broadcast.lack('media');
    else this.broadcast.regain('media');
  }

  #check(): void {
    if (this.#closed) throw new SpillwayError('wrong-state', 'the transport is gone: broadcast again');
  }
}
