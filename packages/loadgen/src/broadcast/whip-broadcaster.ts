import { randomInt } from 'node:crypto';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { monotonicMicros } from '../media/clock.ts';
import { asksForKeyFrame } from '../media/key-frame-request.ts';
import { MediaClock } from '../media/media-clock.ts';
import { senderReport } from '../media/sender-report.ts';
import { defaultShape, type VideoShape, VideoSource } from '../media/video-source.ts';
import { localOffer } from '../viewer/local-offer.ts';
import { SdpSession, type SdpSessionOptions } from '../viewer/sdp-session.ts';

/** Time for ICE and DTLS. Milliseconds. */
const TIME_LIMIT = 15_000;
/** Between sender reports. Milliseconds. */
const REPORT_INTERVAL = 1000;
const PAYLOAD_TYPES = { VP8: 96, H264: 102 } as const;
const NAME = 'spillway-load';

export interface WhipOptions extends SdpSessionOptions {
  readonly shape?: VideoShape | undefined;
  /** Whether a request for a key frame (PLI, FIR) is answered, with the next frame. Default true; OBS ignores them. */
  readonly answersRequests?: boolean | undefined;
  /** Called once, when the broadcast ends by itself. */
  readonly onLost: () => void;
}

/** Publishes made video by WHIP (RFC 9725): ICE, DTLS and SRTP as an encoder does them. */
export class WhipBroadcaster {
  readonly #options: WhipOptions;
  readonly #source: VideoSource;
  readonly #clock: MediaClock;
  readonly #peer: PeerConnection;
  /** Kept, so that it is not collected. */
  readonly #track: Track;
  readonly #session: SdpSession;
  #reports: NodeJS.Timeout | undefined;
  #requests = 0;

  constructor(options: WhipOptions) {
    this.#options = options;
    this.#session = new SdpSession(options);
    const { shape = {}, answersRequests = true } = options;
    const codec = shape.codec ?? defaultShape.codec;
    const stream = { ssrc: randomInt(1, 2 ** 31), payloadType: PAYLOAD_TYPES[codec] };
    this.#source = new VideoSource(stream, shape);
    this.#clock = new MediaClock(this.#source.frameRate, () => this.#sendFrame());
    this.#peer = new nodeDataChannel.PeerConnection('broadcaster', {
      iceServers: [],
      disableAutoNegotiation: true,
    });
    const video = new nodeDataChannel.Video('0', 'SendOnly');
    if (codec === 'VP8') video.addVP8Codec(stream.payloadType);
    else video.addH264Codec(stream.payloadType);
    video.addSSRC(stream.ssrc, NAME, NAME, `${NAME}-video`);
    this.#track = this.#peer.addTrack(video);
    this.#track.onMessage((data) => {
      if (!asksForKeyFrame(data)) return;
      this.#requests += 1;
      if (answersRequests) this.#source.requestKeyFrame();
    });
  }

  /** RTCP packets that asked for a key frame. */
  get keyFrameRequests(): number {
    return this.#requests;
  }

  /**
   * Publishes; fulfilled when media flows.
   *
   * @throws when the server cannot be reached, refuses, or its media port cannot be reached
   */
  async start(): Promise<void> {
    const offer = await localOffer(this.#peer);
    const connected = this.#whenConnected();
    // Whatever fails first is what is told.
    connected.catch(() => {});
    const answer = await this.#session.open(offer);
    if (this.#session.closed) return;
    this.#peer.setRemoteDescription(answer, 'answer');
    await connected;
    if (this.#session.closed) return;
    this.#clock.start();
    this.#reports = setInterval(
      () => this.#send(senderReport(this.#source, NAME, Date.now())),
      REPORT_INTERVAL,
    );
  }

  /** Ends the broadcast. Idempotent; fulfilled when the server knows. */
  async close(): Promise<void> {
    this.#stop();
    await this.#session.close();
    this.#peer.close();
  }

  /** Sends no more. Returns whether it did until now. */
  #stop(): boolean {
    const wasLive = this.#reports !== undefined;
    this.#clock.stop();
    clearInterval(this.#reports);
    this.#reports = undefined;
    return wasLive;
  }

  async #whenConnected(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`${this.#options.url}: no connection within ${TIME_LIMIT / 1000} s`)),
      TIME_LIMIT,
    );
    this.#peer.onStateChange((state) => {
      if (state === 'connected') resolve();
      if (this.#session.closed || !['failed', 'disconnected', 'closed'].includes(state)) return;
      reject(new Error(`${this.#options.url}: the transport is ${state}`));
      if (this.#stop()) this.#options.onLost();
    });
    await promise.finally(() => clearTimeout(timer));
  }

  #sendFrame(): void {
    for (const packet of this.#source.nextFrame(monotonicMicros())) this.#send(packet);
  }

  #send(packet: Buffer): void {
    if (this.#track.isOpen()) this.#track.sendMessageBinary(packet);
  }
}
