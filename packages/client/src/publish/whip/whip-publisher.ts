import type { VideoCodec } from '@spillway/protocol';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import { HttpSession } from '../../http-session/http-session.ts';
import { retryDelay } from '../../http-session/retry-delay.ts';
import type { Closing } from '../../signaling.ts';
import type { CodecWish } from '../codec-choice.ts';
import type { LivePublisher, PublisherEvents, PublisherState } from '../publisher-types.ts';
import type { QualityName } from '../quality.ts';
import { serial } from '../serial.ts';
import { diffStats, readStats, type StatsSample } from '../stats.ts';
import { NoCodecError } from '../video-sender.ts';
import { startAbove } from './start-bitrate.ts';
import { NoPathError, whipClosing } from './whip-failure.ts';
import { WhipSending, type WhipWish } from './whip-sending.ts';

const STATS_MS = 1_000;
/** How long a goodbye may take. Milliseconds. */
const END_MS = 1_500;

export interface WhipPublisherOptions {
  /** Full URL of the endpoint, for example `https://host/whip/demo`. */
  endpoint: string | URL;
  /** Bearer token, for a server that asks for one. */
  token?: string | undefined;
  /** Default `auto`: what the server takes of H264, VP8, VP9 and AV1, in this order. */
  codec?: CodecWish;
  /** Default `720p`. */
  quality?: QualityName;
  /** Sends several layers, for a server that has viewers choose among them. Default false: few servers do. */
  layers?: boolean;
  /** `relay`: media only through a TURN server. Default `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy;
}

/**
 * Broadcasts to any server by WHIP (RFC 9725). Until it has been live once, whatever fails ends it; after that it comes back
 * by itself. Tracks and picture size change without a break; another codec, or a kind of media that was not sent before,
 * takes a new session. It knows nothing of viewers.
 *
 * @example
 * const publisher = new WhipPublisher({ endpoint: 'https://host/whip/demo', token });
 * await publisher.setTracks({ video, audio });
 * await publisher.start();
 */
export class WhipPublisher extends EnhancedEventEmitter<PublisherEvents> implements LivePublisher {
  readonly #endpoint: URL;
  readonly #token: string | undefined;
  readonly #iceTransportPolicy: RTCIceTransportPolicy;
  readonly #wish: WhipWish;
  readonly #run = serial();
  readonly #started = Promise.withResolvers<void>();
  #session: { http: HttpSession; sending: WhipSending } | undefined;
  /** A session that is lost here, but perhaps not on the server. */
  #lost: HttpSession | undefined;
  #state: PublisherState = 'connecting';
  #wasLive = false;
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #lastSample: StatsSample | undefined;
  #lastCodec: VideoCodec | undefined;

  /** @throws TypeError when the endpoint is no http(s) URL. */
  constructor(options: WhipPublisherOptions) {
    super();
    const { endpoint, token, iceTransportPolicy = 'all' } = options;
    this.#endpoint = new URL(endpoint);
    if (!/^https?:$/.test(this.#endpoint.protocol)) {
      throw new TypeError(`WHIP endpoint ${this.#endpoint.href} must start with http:// or https://`);
    }
    this.#token = token;
    this.#iceTransportPolicy = iceTransportPolicy;
    const { codec = 'auto', quality = '720p', layers = false } = options;
    this.#wish = { video: undefined, audio: undefined, codec, quality, layers };
    this.#started.promise.catch(() => {});
  }

  get state(): PublisherState {
    return this.#state;
  }

  /**
   * Starts the broadcast. Set a track before. Resolves once the server has answered.
   *
   * @throws Error why it did not start: the publisher has then ended
   */
  start(): Promise<void> {
    this.#statsTimer ??= setInterval(() => void this.#measure(), STATS_MS);
    void this.#run(() => this.#open());
    return this.#started.promise;
  }

  setTracks(tracks: {
    video: MediaStreamTrack | undefined;
    audio: MediaStreamTrack | undefined;
  }): Promise<void> {
    Object.assign(this.#wish, tracks);
    return this.#syncSoon();
  }

  setQuality(quality: QualityName): Promise<void> {
    this.#wish.quality = quality;
    return this.#syncSoon();
  }

  setCodec(wish: CodecWish): Promise<void> {
    this.#wish.codec = wish;
    return this.#syncSoon();
  }

  /** Ends the broadcast at once. Idempotent. */
  async end(): Promise<void> {
    const told = this.#session?.http.leave();
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, END_MS))]);
    this.close();
  }

  override close(): void {
    this.#finish({ code: 'closed', reason: 'ended by the broadcaster' });
  }

  /** Begins a session in the place of the present one. One at a time. */
  async #open(): Promise<void> {
    if (this.#state === 'ended') return;
    clearTimeout(this.#retryTimer);
    if (this.#session) this.#loseSession();
    try {
      await this.#openSession();
      this.#started.resolve();
    } catch (error) {
      this.#openFailed(error);
    } finally {
      // By now the server has put the new session in its place, or could not because of it.
      this.#lost?.close();
      this.#lost = undefined;
    }
  }

  async #openSession(): Promise<void> {
    let sending: WhipSending | undefined;
    const isPresent = () => this.#session?.http === http;
    const http: HttpSession = new HttpSession({
      endpoint: this.#endpoint,
      token: this.#token,
      iceTransportPolicy: this.#iceTransportPolicy,
      prepare: (peer) => {
        sending = new WhipSending(peer, this.#wish);
        this.#session = { http, sending };
      },
      reviewAnswer: startAbove,
      pathChanged: (up) => {
        if (isPresent()) this.#pathChanged(up);
      },
      lost: () => {
        if (isPresent()) this.#tryAgain(new NoPathError('media does not reach the server'));
      },
    });
    try {
      await http.open();
      if (!sending || this.#state === 'ended') {
        http.close();
        return;
      }
      const { refused } = sending;
      for (const kind of refused)
        this.safeEmit('problem', new NoCodecError(`the server takes no ${kind} of ours`));
      // Also shapes what is left of layers that the server did not take.
      await sending.follow(this.#wish);
      this.#tellCodec(sending);
    } catch (error) {
      http.close();
      if (isPresent()) this.#session = undefined;
      throw error;
    }
  }

  #openFailed(error: unknown): void {
    if (this.#state === 'ended') return;
    const closing = whipClosing(error);
    if (!this.#wasLive || closing.code === 'whip-unauthorized') {
      this.#started.reject(error);
      this.#finish(closing);
    } else this.#tryAgain(error);
  }

  #tryAgain(error: unknown): void {
    this.#loseSession();
    if (!this.#wasLive) {
      this.#finish(whipClosing(error));
      return;
    }
    this.#setState('reconnecting');
    const delay = retryDelay(error, this.#failures, Math.random());
    this.#failures += 1;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#run(() => this.#open()), delay);
  }

  /** Keeps the present session for the server to replace: ending it there would end the broadcast for its viewers. */
  #loseSession(): void {
    if (!this.#session) return;
    this.#lost?.close();
    this.#lost = this.#session.http;
    this.#session = undefined;
  }

  /** Sends what is wished. What is wished before a session is there, it begins with. */
  #syncSoon(): Promise<void> {
    return this.#run(async () => {
      const session = this.#session;
      if (!session || this.#state === 'ended') return;
      try {
        if (!(await session.sending.follow(this.#wish))) await this.#open();
      } catch (error) {
        this.safeEmit('problem', error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #pathChanged(up: boolean): void {
    if (up) {
      this.#wasLive = true;
      this.#failures = 0;
      this.#setState('live');
    } else if (this.#state === 'live') this.#setState('reconnecting');
  }

  #tellCodec({ codec }: WhipSending): void {
    const from = this.#lastCodec;
    if (codec === from) return;
    this.#lastCodec = codec;
    this.safeEmit('codec', { from, to: codec, reason: 'chosen' });
  }

  async #measure(): Promise<void> {
    const peer = this.#session?.http.peer;
    if (this.#state !== 'live' || !peer) return;
    const report = await peer.getStats().catch(() => undefined);
    if (!report || this.state !== 'live') return;
    const now = readStats([report], performance.now());
    this.safeEmit('stats', diffStats(this.#lastSample, now));
    this.#lastSample = now;
  }

  #setState(state: PublisherState): void {
    if (state === this.#state || this.#state === 'ended') return;
    this.#state = state;
    this.safeEmit('state', state);
  }

  #finish(closing: Closing): void {
    if (this.#state === 'ended') return;
    this.#setState('ended');
    clearTimeout(this.#retryTimer);
    clearInterval(this.#statsTimer);
    this.#session?.http.close();
    this.#lost?.close();
    this.#started.reject(new Error(closing.reason));
    this.safeEmit('ended', closing);
    super.close();
  }
}
