import {
  compileCheck,
  type Layer,
  type MediaKind,
  type RequestAnswer,
  RtpParameters,
} from '@spillway/protocol';
import type { Device, types } from 'mediasoup-client';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import type { SignalingClient } from '../signaling.ts';
import type { VideoEncoding } from './encodings.ts';

export type SendLinkEvents = {
  /** The state of the media path has changed: see `connected` and `broken`. */
  change: [];
};

/** What is sent on a link besides the track. */
export interface SendOptions {
  codec?: types.RtpCodecCapability;
  codecOptions?: types.ProducerCodecOptions;
  encodings?: VideoEncoding[];
  /** For viewers to choose from, lowest first. */
  layers?: Layer[];
}

const checkRtpParameters = compileCheck(RtpParameters);

/** The media path from this browser to the server: a send transport that speaks through signalling. */
export class SendLink extends EnhancedEventEmitter<SendLinkEvents> {
  readonly #signaling: SignalingClient;
  readonly #transport: types.Transport;
  #layers: Layer[] | undefined;

  constructor(device: Device, signaling: SignalingClient, answer: RequestAnswer<'broadcast'>) {
    super();
    this.#signaling = signaling;
    this.#transport = device.createSendTransport({ ...answer.transport, iceServers: answer.iceServers });
    this.#transport.on('connect', ({ dtlsParameters }, done, fail) => {
      signaling.request('connect', { dtlsParameters }).then(() => done(), fail);
    });
    this.#transport.on('produce', ({ kind, rtpParameters }, done, fail) => {
      this.#produce(kind, rtpParameters).then((id) => done({ id }), fail);
    });
    this.#transport.on('connectionstatechange', () => this.safeEmit('change'));
  }

  /** The transport's id on the server. */
  get id(): string {
    return this.#transport.id;
  }

  get closed(): boolean {
    return this.#transport.closed;
  }

  /** Whether media reaches the server. */
  get connected(): boolean {
    return this.#transport.connectionState === 'connected';
  }

  /** Whether ICE has given up or found no answer for a while; it may mend by itself from the latter. */
  get broken(): boolean {
    const state = this.#transport.connectionState;
    return state === 'disconnected' || state === 'failed' || state === 'closed';
  }

  /**
   * Sends a track. The server puts it in the place of the broadcast's present one of its kind.
   *
   * @throws SignalingError when the server refuses; DOMException or mediasoup-client's errors when the browser does
   */
  async send(track: MediaStreamTrack, options: SendOptions): Promise<types.Producer> {
    const { layers, ...rest } = options;
    this.#layers = layers;
    // The page owns its tracks: it stops and mutes them.
    return this.#transport.produce({ track, stopTracks: false, disableTrackOnPause: false, ...rest });
  }

  /** Ends audio or video on the server. */
  async endKind(kind: MediaKind): Promise<void> {
    await this.#signaling.request('unproduce', { kind });
  }

  /** Finds a new network path for the same transport. */
  async restartIce(): Promise<void> {
    const { iceParameters } = await this.#signaling.request('restartIce', {});
    if (!this.closed) await this.#transport.restartIce({ iceParameters });
  }

  override close(): void {
    this.#transport.close();
    super.close();
  }

  async #produce(kind: MediaKind, given: types.RtpParameters): Promise<string> {
    const layers = kind === 'video' ? this.#layers : undefined;
    // Through JSON: mediasoup-client has keys without a value, which the protocol does not.
    const checked = checkRtpParameters(JSON.parse(JSON.stringify(given)));
    if (!checked.ok)
      throw new Error(`this browser gives RTP parameters that are not valid: ${checked.error}`);
    const { producerId } = await this.#signaling.request('produce', {
      kind,
      rtpParameters: checked.value,
      ...(layers?.length ? { layers } : {}),
    });
    return producerId;
  }
}
