import {
  compileCheck,
  type IceServer,
  type Layer,
  type Playback,
  type RequestAnswer,
  RoomName,
  type VideoCodec,
} from '@spillway/protocol';
import type { types } from 'mediasoup-client';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import { reconnectDelay } from './backoff.ts';
import { loadDevice, receiveCapabilities } from './capabilities.ts';
import type { LiveViewer, ViewerEvents, Waiting } from './live-viewer.ts';
import { ReceiveSession } from './receive-session.ts';
import { RetiredSessions } from './retired-sessions.ts';
import { type Closing, SignalingClient } from './signaling.ts';
import { SignalingError } from './signaling-error.ts';
import type { ViewerStats } from './stats.ts';
import { StatsMeter } from './stats-meter.ts';
import { TrackSlot } from './track-slot.ts';
import { type ViewerFacts, type ViewerState, viewerState } from './viewer-state.ts';

const isRoomName = compileCheck(RoomName);

export interface ViewerOptions {
  /** Base URL of the server, http(s). */
  server: string | URL;
  room: string;
  /** `relay`: media only through a TURN server. Default `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy;
}

/**
 * Plays a room into `stream`, for a media element's `srcObject`. It waits for the broadcast, follows its changes, and
 * comes back by itself after anything that can be mended. It has no user interface.
 *
 * @example
 * const viewer = new Viewer({ server: 'https://host', room: 'demo' });
 * video.srcObject = viewer.stream;
 * viewer.on('statechange', (state) => console.info(state));
 * viewer.start();
 */
export class Viewer extends EnhancedEventEmitter<ViewerEvents> implements LiveViewer {
  /** The media. Its tracks come and go; the object stays. */
  readonly stream = new MediaStream();
  readonly #signaling: SignalingClient;
  readonly #iceTransportPolicy: RTCIceTransportPolicy;
  readonly #meter = new StatsMeter();
  readonly #slots: { audio: TrackSlot<types.Consumer>; video: TrackSlot<types.Consumer> };
  readonly #retired = new RetiredSessions();
  readonly #facts: ViewerFacts = {
    closing: undefined,
    connected: false,
    queued: false,
    disturbed: false,
    playback: undefined,
    path: 'new',
  };
  #session: ReceiveSession | undefined;
  #iceServers: IceServer[] = [];
  /** Counts the `watch` requests: what belongs to an earlier one is void. */
  #watch = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #work: Promise<void> = Promise.resolve();
  #state: ViewerState = 'connecting';
  #waiting: Waiting | undefined;
  #layers: Layer[] = [];
  #layer: number | null = null;
  #paused = false;

  /** @throws TypeError when the server's URL or the room's name is not valid. */
  constructor({ server, room, iceTransportPolicy = 'all' }: ViewerOptions) {
    super();
    const name = isRoomName(room);
    if (!name.ok) throw new TypeError(`room name "${room}" is not valid: 1 to 64 of a-z, 0-9, _ and -`);
    this.#iceTransportPolicy = iceTransportPolicy;
    const tracksChanged = () => {
      this.#retired.sweep();
      this.safeEmit('trackschange');
    };
    this.#slots = {
      audio: new TrackSlot(this.stream, tracksChanged),
      video: new TrackSlot(this.stream, () => {
        tracksChanged();
        if (!this.#slots.video.newest) this.#setLayers([]);
      }),
    };
    this.#signaling = new SignalingClient({ server, room });
    this.#signaling.on('connected', () => {
      this.#facts.connected = true;
      this.#setWaiting(undefined);
      this.#startWatch();
    });
    this.#signaling.on('disconnected', (returnsAt) => {
      this.#facts.connected = false;
      // Being sent away is no failure.
      if (returnsAt === undefined) this.#facts.disturbed = true;
      this.#setWaiting(returnsAt === undefined ? undefined : { returnsAt });
    });
    this.#signaling.on('queued', ({ place }) => this.#setWaiting({ place }));
    this.#signaling.on('playback', (playback) => this.#enqueue(playback));
    this.#signaling.on('rejoin', () => this.#startWatch());
    this.#signaling.on('closed', (closing) => this.#finish(closing));
  }

  get state(): ViewerState {
    return this.#state;
  }

  get waiting(): Waiting | undefined {
    return this.#waiting;
  }

  /** Why it is over, in state `ended`. */
  get closing(): Closing | undefined {
    return this.#facts.closing;
  }

  /** The broadcast's video codec, in state `unsupported`. */
  get unsupportedCodec(): VideoCodec | undefined {
    return this.#facts.playback?.unsupportedCodec;
  }

  /** Layers to choose from, lowest first; empty when there is one. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** The highest layer wanted, as an index into `layers`; `null`: the server chooses. */
  get layer(): number | null {
    return this.#layer;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Connects and plays. Further calls do nothing. */
  start(): void {
    // Ahead of the connection; `watch` says what is wrong with it.
    loadDevice(this.#signaling.server).catch(() => undefined);
    this.#signaling.connect();
  }

  /** Stops receiving; the last frame stays. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    if (this.#session) this.#attempt(this.#signaling.request('pause', {}));
  }

  /** Receives again, from now. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const session = this.#session;
    if (!session) return;
    const { audio, video } = this.#slots;
    const newest = [audio.newest, video.newest].filter((consumer) => consumer && session.has(consumer));
    this.#attempt(session.play(newest.flatMap((consumer) => consumer?.id ?? [])));
  }

  /** Chooses the highest layer to receive, an index into `layers`; `null` leaves it to the server. */
  setLayer(layer: number | null): void {
    this.#layer = layer;
    if (this.#layers.length > 0) this.#attempt(this.#signaling.request('setLayer', { spatialLayer: layer }));
  }

  /** Measures since the call before; undefined while no media is received. */
  getStats(): Promise<ViewerStats | undefined> {
    return this.#meter.measure(this.#session, this.#slots);
  }

  override close(): void {
    this.#finish({ code: 'closed', reason: 'closed by this client' });
  }

  #startWatch(): void {
    clearTimeout(this.#retry);
    this.#watch += 1;
    const watch = this.#watch;
    this.#requestWatch(watch).catch((error: unknown) => this.#watchFailed(watch, error));
  }

  async #requestWatch(watch: number): Promise<void> {
    const device = await loadDevice(this.#signaling.server).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'UnsupportedError') {
        this.#finish({ code: 'no-webrtc', reason: 'this browser has no WebRTC that can be used' });
      }
      throw error;
    });
    if (watch !== this.#watch) return;
    const answer = await this.#signaling.request('watch', { rtpCapabilities: receiveCapabilities(device) });
    if (watch !== this.#watch) return;
    this.#failures = 0;
    await this.#enqueueAnswer(answer);
  }

  #watchFailed(watch: number, error: unknown): void {
    if (watch !== this.#watch || this.#facts.closing) return;
    this.#fail(error);
    // The next connection starts the next `watch`.
    if (error instanceof SignalingError && error.code === 'disconnected') return;
    this.#facts.disturbed = true;
    this.#update();
    this.#retry = setTimeout(() => this.#startWatch(), reconnectDelay(this.#failures, Math.random()));
    this.#failures += 1;
  }

  #enqueueAnswer({ iceServers, playback }: RequestAnswer<'watch'>): Promise<void> {
    this.#iceServers = iceServers;
    return this.#enqueue(playback);
  }

  /** Playbacks are applied one after the other, in the order in which they came. */
  #enqueue(playback: Playback): Promise<void> {
    const watch = this.#watch;
    this.#work = this.#work.then(async () => {
      if (watch !== this.#watch || this.#facts.closing) return;
      try {
        await this.#apply(playback, watch);
      } catch (error) {
        this.#watchFailed(watch, error);
      }
    });
    return this.#work;
  }

  async #apply(playback: Playback, watch: number): Promise<void> {
    this.#facts.playback = playback;
    this.#setWaiting(undefined);
    if (playback.transport) await this.#replaceSession(playback.transport);
    for (const kind of ['audio', 'video'] as const) {
      const slot = this.#slots[kind];
      if (playback.state === 'offline') slot.clear();
      // The last frame stays while the broadcaster may return.
      else if (playback.state === 'interrupted' || playback.kinds.includes(kind)) slot.keep();
      else slot.clearSoon();
    }
    this.#update();
    const session = this.#session;
    if (playback.consumers.length === 0) return;
    if (!session) throw new Error('the server named media but no transport');
    const consumers = await session.consume(playback.consumers);
    if (watch !== this.#watch) {
      for (const consumer of consumers) consumer.close();
      return;
    }
    for (const consumer of consumers) this.#slots[consumer.kind].take(consumer);
    await session.play(this.#paused ? [] : consumers.map((consumer) => consumer.id));
    const video = playback.consumers.find((consumer) => consumer.kind === 'video');
    if (video) this.#setLayers(video.layers);
  }

  async #replaceSession(transport: NonNullable<Playback['transport']>): Promise<void> {
    const device = await loadDevice(this.#signaling.server);
    if (this.#session) this.#retired.add(this.#session);
    const session: ReceiveSession = new ReceiveSession({
      device,
      transport,
      iceServers: this.#iceServers,
      iceTransportPolicy: this.#iceTransportPolicy,
      actions: {
        play: (data) => this.#signaling.request('play', data),
        restartIce: async () => {
          if (session !== this.#session) throw new Error('this transport has a successor');
          return (await this.#signaling.request('restartIce', {})).iceParameters;
        },
        pathChanged: (up) => {
          if (session !== this.#session) return;
          this.#facts.path = up ? 'up' : 'down';
          this.#update();
        },
        lost: () => {
          if (session === this.#session && this.#signaling.connected) this.#startWatch();
        },
      },
    });
    this.#session = session;
    this.#facts.path = this.#facts.path === 'new' ? 'new' : 'down';
    this.#retired.sweep();
  }

  #setLayers(layers: Layer[]): void {
    if (layers.length === 0 && this.#layers.length === 0) return;
    this.#layers = layers;
    this.safeEmit('layerschange', layers);
    if (this.#layer !== null && layers.length > 0) this.setLayer(this.#layer);
  }

  #attempt(request: Promise<unknown>): void {
    request.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.safeEmit('failure', error instanceof Error ? error : new Error(String(error)));
  }

  #setWaiting(waiting: Waiting | undefined): void {
    const before = this.#waiting;
    this.#waiting = waiting;
    this.#facts.queued = waiting !== undefined && 'place' in waiting;
    this.#update();
    if (waiting || before) this.safeEmit('waitingchange', waiting);
  }

  #update(): void {
    const state = viewerState(this.#facts);
    if (state === 'live') this.#facts.disturbed = false;
    if (state === this.#state) return;
    this.#state = state;
    this.safeEmit('statechange', state);
  }

  #finish(closing: Closing): void {
    if (this.#facts.closing) return;
    this.#facts.closing = closing;
    this.#watch += 1;
    clearTimeout(this.#retry);
    this.#signaling.close();
    this.#slots.audio.clear();
    this.#slots.video.clear();
    this.#session?.close();
    this.#retired.close();
    this.#setWaiting(undefined);
    this.safeEmit('closed', closing);
    super.close();
  }
}
