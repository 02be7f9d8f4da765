import type { RequestAnswer, RoomState, VideoCodec } from '@spillway/protocol';
import type { Device } from 'mediasoup-client';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import { loadDevice } from '../capabilities.ts';
import { type Closing, SignalingClient } from '../signaling.ts';
import { SignalingError } from '../signaling-error.ts';
import { AudioSender } from './audio-sender.ts';
import type { CodecWish } from './codec-choice.ts';
import { MediaWatch } from './media-watch.ts';
import { PublishMeter } from './publish-meter.ts';
import type { LivePublisher, PublisherEvents, PublisherOptions, PublisherState } from './publisher-types.ts';
import type { QualityName } from './quality.ts';
import { SendLink } from './send-link.ts';
import { serial } from './serial.ts';
import { NoCodecError, VideoSender } from './video-sender.ts';

const STATS_MS = 1_000;
const STATUS_MS = 2_000;
/** Statuses in a row by which the server lacks our media, though we see it flow, before we ask for a new transport. */
const LACKS = 2;
/** Before joining again when the server could not take us. Milliseconds. */
const RETRY_MS = 1_500;
/** How long a goodbye may take. Milliseconds. */
const END_MS = 1_500;

/** Errors after which joining again makes no sense. */
const finalErrors: readonly string[] = [
  'unauthorized',
  'room-busy',
  'bad-request',
  'not-found',
  'invalid-answer',
];

/**
 * Broadcasts into a room. It keeps its broadcast through lost connections, changed networks and replaced workers, and
 * chooses the codec that device and viewers need.
 *
 * @example
 * const publisher = new Publisher({ server: location.origin, room: 'demo', credential });
 * publisher.on('ended', ({ reason }) => show(reason));
 * await publisher.setTracks({ video, audio });
 * await publisher.start();
 */
export class Publisher extends EnhancedEventEmitter<PublisherEvents> implements LivePublisher {
  readonly room: string;
  readonly #options: PublisherOptions;
  readonly #signaling: SignalingClient;
  readonly #audio = new AudioSender();
  readonly #video: VideoSender;
  readonly #device: Device;
  readonly #meter = new PublishMeter();
  readonly #media: MediaWatch;
  readonly #run = serial();
  readonly #started = Promise.withResolvers<void>();
  #link: SendLink | undefined;
  #resume: string | undefined;
  #takeover: boolean;
  #joined = false;
  #lacks = 0;
  #state: PublisherState = 'connecting';
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #statusTimer: ReturnType<typeof setInterval> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Prepares a publisher; `start` connects it.
   *
   * @throws Error when the server does not answer or this browser has no usable WebRTC
   */
  static async create(options: PublisherOptions): Promise<Publisher> {
    return new Publisher(options, await loadDevice(options.server));
  }

  private constructor(options: PublisherOptions, device: Device) {
    super();
    this.room = options.room;
    this.#options = options;
    this.#device = device;
    this.#resume = options.resume;
    this.#takeover = options.takeover ?? false;
    this.#video = new VideoSender(
      device.sendRtpCapabilities,
      options.codec ?? 'auto',
      options.quality ?? '720p',
    );
    this.#video.on('codec', (change) => this.safeEmit('codec', change));
    this.#signaling = new SignalingClient({ server: options.server, room: options.room });
    this.#signaling.on('connected', () => this.#joinAgain(true));
    this.#signaling.on('disconnected', () => this.#handleDisconnected());
    this.#signaling.on('rejoin', () => this.#joinAgain(false));
    this.#signaling.on('codecs', ({ commonCodecs }) => this.#handleCommonCodecs(commonCodecs));
    this.#signaling.on('closed', (closing) => this.#finish(closing));
    this.#media = new MediaWatch({
      restartIce: () => void this.#restartIce(),
      renew: () => this.#joinAgain(false),
    });
    this.#started.promise.catch(() => {});
  }

  get state(): PublisherState {
    return this.#state;
  }

  /** The codec that is being sent. */
  get codec(): VideoCodec | undefined {
    return this.#video.sent?.codec;
  }

  /** Codecs that this browser can send to this server. */
  get sendable(): VideoCodec[] {
    return this.#video.sendable;
  }

  /**
   * Connects and starts the broadcast. Set a track before.
   *
   * @throws SignalingError `unauthorized`, `room-busy` (try again with `takeover`) or another that is final: the publisher
   *   has then ended
   */
  start(): Promise<void> {
    this.#signaling.connect();
    return this.#started.promise;
  }

  /** Sends these tracks instead of the present ones, without a break. A kind that is undefined ends. */
  setTracks(tracks: {
    video: MediaStreamTrack | undefined;
    audio: MediaStreamTrack | undefined;
  }): Promise<void> {
    this.#video.track = tracks.video;
    this.#audio.track = tracks.audio;
    return this.#syncSoon();
  }

  /** Sends another picture size, in a new producer that viewers move over to. */
  setQuality(quality: QualityName): Promise<void> {
    this.#video.quality = quality;
    return this.#syncSoon();
  }

  /** Sends another codec, in a new producer that viewers move over to. */
  setCodec(wish: CodecWish): Promise<void> {
    this.#video.wish = wish;
    return this.#syncSoon();
  }

  /** Ends the broadcast at once. Idempotent. */
  async end(): Promise<void> {
    if (this.#signaling.connected && this.#state !== 'ended') {
      const goodbye = this.#signaling.request('end', {}).catch(() => {});
      await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, END_MS))]);
    }
    this.close();
  }

  /** Leaves without a word: the room waits for the grace time. Idempotent. */
  override close(): void {
    this.#finish({ code: 'closed', reason: 'ended by the broadcaster' });
  }

  /** @param keepLink - Whether to go on with the present transport if the server still has it. */
  #joinAgain(keepLink: boolean): void {
    clearTimeout(this.#retryTimer);
    this.#joined = false;
    this.#updateState();
    void this.#run(async () => {
      if (this.#state === 'ended' || !this.#signaling.connected) return;
      try {
        await this.#join(keepLink);
        this.#started.resolve();
      } catch (error) {
        this.#handleJoinFailure(error);
      }
    });
  }

  async #join(keepLink: boolean): Promise<void> {
    const kept = keepLink && this.#link && !this.#link.closed ? this.#link : undefined;
    const answer = await this.#signaling.request('broadcast', {
      ...(this.#options.credential ? { credential: this.#options.credential } : {}),
      ...(this.#resume ? { resume: this.#resume } : {}),
      ...(kept && this.#resume ? { transportId: kept.id } : {}),
      ...(this.#takeover ? { takeover: true } : {}),
    });
    this.#takeover = false;
    this.#resume = answer.resume;
    this.safeEmit('resume', answer.resume);
    if (answer.resumed && kept) this.#media.checkNow();
    else this.#setLink(answer);
    await this.#sync();
    this.#joined = true;
    this.#statsTimer ??= setInterval(() => void this.#measure(), STATS_MS);
    this.#statusTimer ??= setInterval(() => void this.#askStatus(), STATUS_MS);
    void this.#askStatus();
    this.#updateState();
  }

  #setLink(answer: RequestAnswer<'broadcast'>): void {
    this.#link?.close();
    const link = new SendLink(this.#device, this.#signaling, answer);
    this.#link = link;
    link.on('change', () => {
      if (this.#link === link) this.#updateState();
    });
    this.#media.watch(link);
  }

  async #restartIce(): Promise<void> {
    const link = this.#link;
    try {
      await link?.restartIce();
    } catch (error) {
      // The server has no transport any more. Other failures: the watch goes on to its next step.
      const gone = error instanceof SignalingError && error.code === 'wrong-state';
      if (gone && this.#link === link) this.#joinAgain(false);
    }
  }

  #handleJoinFailure(error: unknown): void {
    if (this.#state === 'ended') return;
    if (!(error instanceof SignalingError)) {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#fail(failure, failure instanceof NoCodecError ? 'no-codec' : 'failed');
    } else if (finalErrors.includes(error.code)) {
      this.#fail(error, error.code);
    } else if (error.code === 'wrong-state') {
      // The broadcast ended meanwhile: begin another.
      this.#resume = undefined;
      this.#retryTimer = setTimeout(() => this.#joinAgain(false), RETRY_MS);
    } else if (this.#signaling.connected) {
      this.#retryTimer = setTimeout(() => this.#joinAgain(true), RETRY_MS);
    }
  }

  #handleDisconnected(): void {
    this.#joined = false;
    clearTimeout(this.#retryTimer);
    this.#updateState();
  }

  #handleCommonCodecs(common: readonly VideoCodec[]): void {
    this.#video.common = common;
    void this.#syncSoon();
  }

  /** Sends what is wished, now or, without a connection, after the next join. */
  #syncSoon(): Promise<void> {
    return this.#run(async () => {
      if (!this.#joined) return;
      try {
        await this.#sync();
      } catch (error) {
        if (!(error instanceof SignalingError)) throw error;
        if (error.code === 'wrong-state') this.#joinAgain(false);
        else if (error.status !== 0) this.safeEmit('problem', error);
      }
    }).catch((error: Error) => {
      this.safeEmit('problem', error);
    });
  }

  /** Sends what is wished. What the browser cannot send is a problem, not the end, while there is something else. */
  async #sync(): Promise<void> {
    const link = this.#link;
    if (!link) return;
    const failures: Error[] = [];
    for (const sender of [this.#audio, this.#video]) {
      try {
        await sender.sync(link);
      } catch (error) {
        if (!(error instanceof Error) || error instanceof SignalingError) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first && !this.#audio.producer && !this.#video.sent) throw first;
    for (const failure of failures) this.safeEmit('problem', failure);
  }

  async #measure(): Promise<void> {
    if (this.#state !== 'live') return;
    const video = this.#video.sent;
    const measured = await this.#meter.measure(video, this.#audio.producer).catch(() => undefined);
    if (!measured || this.#state !== 'live') return;
    this.safeEmit('stats', measured.stats);
    if (measured.overloaded && video && this.#video.markTooSlow(video.codec)) void this.#syncSoon();
  }

  async #askStatus(): Promise<void> {
    if (!this.#joined || !this.#signaling.connected) return;
    try {
      const { state, viewers, commonCodecs } = await this.#signaling.request('status', {});
      this.#handleRoomState(state);
      this.#handleCommonCodecs(commonCodecs);
      this.safeEmit('status', { viewers, undecodable: this.#video.undecodable });
    } catch (error) {
      if (error instanceof SignalingError && error.code === 'wrong-state' && this.#joined)
        this.#joinAgain(false);
    }
  }

  /** The server may notice a dead path long before the browser does. */
  #handleRoomState(state: RoomState): void {
    this.#lacks = state === 'interrupted' && this.#state === 'live' ? this.#lacks + 1 : 0;
    if (this.#lacks < LACKS) return;
    this.#lacks = 0;
    this.#joinAgain(false);
  }

  #updateState(): void {
    if (this.#state === 'ended') return;
    const up = this.#joined && (this.#link?.connected ?? false);
    if (up) this.#setState('live');
    else if (this.#state === 'live') this.#setState('reconnecting');
  }

  #setState(state: PublisherState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.safeEmit('state', state);
  }

  #fail(error: Error, code: string): void {
    this.#started.reject(error);
    this.#finish({ code, reason: error.message });
  }

  #finish(closing: Closing): void {
    if (this.#state === 'ended') return;
    this.#setState('ended');
    clearInterval(this.#statsTimer);
    clearInterval(this.#statusTimer);
    clearTimeout(this.#retryTimer);
    this.#media.stop();
    this.#link?.close();
    this.#signaling.close();
    this.#started.reject(new Error(closing.reason));
    this.safeEmit('ended', closing);
    super.close();
  }
}
