import type { Layer } from '@spillway/protocol';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import { reconnectDelay } from '../backoff.ts';
import { HttpRefusal, refusalMeaning } from '../http-session/http-refusal.ts';
import { retryDelay } from '../http-session/retry-delay.ts';
import type { LiveViewer, ViewerEvents } from '../live-viewer.ts';
import { RetiredSessions } from '../retired-sessions.ts';
import type { Closing } from '../signaling.ts';
import type { ViewerStats } from '../stats.ts';
import { StatsMeter } from '../stats-meter.ts';
import { TrackSlot } from '../track-slot.ts';
import type { ViewerState } from '../viewer-state.ts';
import { readLayers, readReconnectUrl, readViewerCount, type WhepLayer } from './event-data.ts';
import type { WhepMedium } from './whep-medium.ts';
import { WhepSession } from './whep-session.ts';
import { type WhepFacts, whepState } from './whep-state.ts';

/** How long a broadcast may be away before it counts as over: a source that restarts is back sooner. Milliseconds. */
const INACTIVE_MS = 1500;

export interface WhepViewerOptions {
  /** Full URL of the endpoint, for example `https://host/whep/demo`. */
  endpoint: string | URL;
  /** Bearer token, for a server that asks for one. */
  token?: string | undefined;
  /** `relay`: media only through a TURN server. Default `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy;
}

/**
 * Plays from any server by WHEP (draft-ietf-wish-whep) into `stream`. It waits for the broadcast, and comes back by itself
 * after anything that can be mended. Layers, and word of a broadcast that pauses, come where the server has the extensions
 * for them. It has no user interface.
 *
 * @example
 * const viewer = new WhepViewer({ endpoint: 'https://host/whep/demo' });
 * video.srcObject = viewer.stream;
 * viewer.start();
 */
export class WhepViewer extends EnhancedEventEmitter<ViewerEvents> implements LiveViewer {
  readonly stream = new MediaStream();
  /** What WHEP has no word for. */
  readonly unsupportedCodec = undefined;
  readonly waiting = undefined;
  readonly #endpoint: URL;
  readonly #token: string | undefined;
  readonly #iceTransportPolicy: RTCIceTransportPolicy;
  readonly #meter = new StatsMeter();
  readonly #slots: { audio: TrackSlot<WhepMedium>; video: TrackSlot<WhepMedium> };
  readonly #retired = new RetiredSessions();
  readonly #facts: WhepFacts = {
    closing: undefined,
    paused: false,
    offline: false,
    active: true,
    disturbed: false,
    path: 'new',
  };
  #started = false;
  #session: WhepSession | undefined;
  /** Where the server wants the next session, if not at the endpoint. */
  #redirect: URL | undefined;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #inactive: ReturnType<typeof setTimeout> | undefined;
  #state: ViewerState = 'connecting';
  #layers: WhepLayer[] = [];
  #layer: number | null = null;

  /** @throws TypeError when the endpoint is no http(s) URL. */
  constructor({ endpoint, token, iceTransportPolicy = 'all' }: WhepViewerOptions) {
    super();
    this.#endpoint = new URL(endpoint);
    if (!/^https?:$/.test(this.#endpoint.protocol)) {
      throw new TypeError(`WHEP endpoint ${this.#endpoint.href} must start with http:// or https://`);
    }
    this.#token = token;
    this.#iceTransportPolicy = iceTransportPolicy;
    const tracksChanged = () => {
      this.#retired.sweep();
      this.safeEmit('trackschange');
    };
    this.#slots = {
      audio: new TrackSlot(this.stream, tracksChanged),
      video: new TrackSlot(this.stream, tracksChanged),
    };
  }

  get state(): ViewerState {
    return this.#state;
  }

  get closing(): Closing | undefined {
    return this.#facts.closing;
  }

  get layers(): readonly Layer[] {
    return this.#layers.map(({ layer }) => layer);
  }

  get layer(): number | null {
    return this.#layer;
  }

  get paused(): boolean {
    return this.#facts.paused;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    if (!this.paused) this.#open();
    this.#update();
  }

  /** Ends the session, as WHEP has no pause; the last frame stays. */
  pause(): void {
    if (this.paused || this.closing) return;
    this.#facts.paused = true;
    clearTimeout(this.#retry);
    this.#retireSession();
    if (this.#started) this.#update();
  }

  resume(): void {
    if (!this.paused) return;
    Object.assign(this.#facts, { paused: false, offline: false, disturbed: false, path: 'new' });
    if (this.#started) this.#open();
    this.#update();
  }

  setLayer(layer: number | null): void {
    this.#layer = layer;
    this.#selectLayer();
  }

  getStats(): Promise<ViewerStats | undefined> {
    return this.#meter.measure(this.#session, this.#slots);
  }

  override close(): void {
    this.#finish({ code: 'closed', reason: 'closed by this client' });
  }

  /** Begins a session in the place of the present one. */
  #open(): void {
    if (this.closing || this.paused) return;
    clearTimeout(this.#retry);
    this.#retireSession();
    const isPresent = () => session === this.#session;
    const session: WhepSession = new WhepSession({
      endpoint: this.#redirect ?? this.#endpoint,
      token: this.#token,
      iceTransportPolicy: this.#iceTransportPolicy,
      pathChanged: (up) => {
        if (!isPresent()) return;
        this.#facts.path = up ? 'up' : 'down';
        if (up) this.#failures = 0;
        this.#update();
      },
      lost: () => {
        if (isPresent()) this.#tryAgain(new Error('the session is lost'));
      },
      media: (medium) => {
        if (isPresent() && this.#facts.active) this.#slots[medium.kind].take(medium);
      },
      event: (name, data) => {
        if (isPresent()) this.#handleEvent(name, data);
      },
    });
    this.#redirect = undefined;
    this.#session = session;
    this.#facts.active = true;
    session.open().then(
      () => {
        if (!isPresent()) return;
        this.#facts.offline = false;
        this.#update();
      },
      (error: unknown) => {
        session.close();
        if (isPresent()) this.#openFailed(error);
      },
    );
  }

  #openFailed(error: unknown): void {
    const meaning = error instanceof HttpRefusal ? refusalMeaning(error.status) : 'busy';
    const reason = error instanceof Error ? error.message : String(error);
    if (meaning === 'unauthorized' || meaning === 'final') {
      const code = meaning === 'unauthorized' ? 'unauthorized' : 'refused';
      this.#finish({ code, reason: `The server refuses: ${reason}` });
      return;
    }
    if (meaning === 'offline') this.#setOffline();
    this.#tryAgain(error);
  }

  #tryAgain(error: unknown): void {
    this.#retireSession();
    // Waiting for a broadcast is no failure.
    if (!this.#facts.offline) {
      this.#facts.disturbed = true;
      this.safeEmit('failure', error instanceof Error ? error : new Error(String(error)));
    }
    this.#update();
    this.#retry = setTimeout(() => this.#open(), retryDelay(error, this.#failures, Math.random()));
    this.#failures += 1;
  }

  #setOffline(): void {
    Object.assign(this.#facts, { offline: true, disturbed: false, path: 'new' });
    this.#clear();
  }

  #handleEvent(name: string, data: string): void {
    switch (name) {
      case 'active':
        clearTimeout(this.#inactive);
        if (this.#facts.active) return;
        this.#facts.active = true;
        this.#session?.takeMedia();
        break;
      case 'inactive':
        clearTimeout(this.#inactive);
        this.#inactive = setTimeout(() => this.#setInactive(), INACTIVE_MS);
        break;
      case 'layers':
        this.#setLayers(readLayers(data));
        break;
      case 'viewercount': {
        const count = readViewerCount(data);
        if (count !== undefined) this.safeEmit('viewercount', count);
        break;
      }
      case 'reconnect':
        this.#redirect = readReconnectUrl(data, this.#endpoint);
        clearTimeout(this.#retry);
        // All viewers of the server are told at the same time.
        this.#retry = setTimeout(() => this.#open(), reconnectDelay(0, Math.random()));
        break;
    }
    this.#update();
  }

  #setInactive(): void {
    this.#facts.active = false;
    this.#clear();
    this.#update();
  }

  #setLayers(found: WhepLayer[]): void {
    // One layer is no choice.
    const layers = found.length > 1 ? found : [];
    if (JSON.stringify(layers) === JSON.stringify(this.#layers)) return;
    this.#layers = layers;
    this.safeEmit('layerschange', [...this.layers]);
    if (this.#layer !== null) this.#selectLayer();
  }

  #selectLayer(): void {
    const [lowest] = this.#layers;
    if (!lowest) return;
    const wanted = this.#layer === null ? undefined : (this.#layers[this.#layer] ?? this.#layers.at(-1));
    const selection = wanted?.selection ?? { mediaId: lowest.selection.mediaId };
    this.#session?.selectLayer(selection).catch((error: Error) => this.safeEmit('failure', error));
  }

  /** Ends the session on the server. Its last picture stays until another takes its place. */
  #retireSession(): void {
    clearTimeout(this.#inactive);
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    session.leave();
    this.#retired.add(session);
    if (this.#facts.path === 'up') this.#facts.path = 'down';
    this.#retired.sweep();
  }

  /** Nothing plays: no picture, no layers. */
  #clear(): void {
    this.#slots.audio.clear();
    this.#slots.video.clear();
    this.#setLayers([]);
  }

  #update(): void {
    const state = whepState(this.#facts);
    if (state === 'live') this.#facts.disturbed = false;
    if (state === this.#state) return;
    this.#state = state;
    this.safeEmit('statechange', state);
  }

  #finish(closing: Closing): void {
    if (this.#facts.closing) return;
    this.#facts.closing = closing;
    clearTimeout(this.#retry);
    this.#retireSession();
    this.#clear();
    this.#retired.close();
    this.#update();
    this.safeEmit('closed', closing);
    super.close();
  }
}
