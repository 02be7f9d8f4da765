import type { Layer } from '@spillway/protocol';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { LiveViewer, Waiting } from '../live-viewer.ts';
import type { ViewerStats } from '../stats.ts';
import type { ViewerState } from '../viewer-state.ts';
import { autoplayFrom } from './autoplay.ts';
import { Countdown } from './countdown.ts';
import { IdleTimer } from './idle.ts';
import { keyAction } from './keys.ts';
import { MediaOutput } from './media-output.ts';
import { playerMessage } from './message.ts';
import { PlayerScreen } from './screen.ts';
import { playerStyles } from './styles.ts';
import { languageFrom, playerTexts } from './texts.ts';
import { type ControlsActions, controlsView, messageView, statsView, tapView } from './view.ts';
import { viewerFrom } from './viewer-from.ts';

/** Another value of one of these is something else to play. */
const sourceAttributes = ['src', 'server', 'room', 'whep', 'token'] as const;
const STATS_MS = 1000;
const DOUBLE_CLICK_MS = 250;

// The server that a classic script came from; a module has no current script.
const ownScript = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : '';
const ownServer = ownScript ? new URL('.', ownScript).href : location.origin;

/**
 * `<spillway-player>`: plays a room, or what any server gives by WHEP. Attributes, events, parts and custom properties are described in the README of this
 * package.
 */
export class SpillwayPlayer extends LitElement {
  static override styles = playerStyles;

  static override properties = {
    src: { type: String },
    server: { type: String },
    room: { type: String },
    whep: { type: String },
    token: { type: String },
    autoplay: { type: String },
    controls: { type: String },
    lang: { type: String },
    muted: { type: Boolean },
    stats: { type: Boolean, reflect: true },
    layer: { converter: layerFrom },
    state: { type: String, reflect: true },
    paused: { type: Boolean, reflect: true },
  };

  /** A watch URL, for example `https://host/watch/demo`. Goes before `server` and `room`. */
  declare src: string | null;
  /** Base URL of the server. Default: where `player.js` came from. */
  declare server: string | null;
  declare room: string | null;
  /** URL of a WHEP endpoint of any server, for example `https://host/whep/demo`. Goes before the others. */
  declare whep: string | null;
  /** Bearer token for the WHEP endpoint. */
  declare token: string | null;
  /** `sound` (default: with sound, muted where the browser refuses that), `muted`, or `off`. */
  declare autoplay: string | null;
  /** `off` hides the control bar. */
  declare controls: string | null;
  declare muted: boolean;
  /** Shows the statistics overlay. */
  declare stats: boolean;
  /** The highest layer to receive, an index into `layers`; `null`: the server chooses. */
  declare layer: number | null;
  /** What the viewer sees; `null` when the attributes name nothing to play. Read only. */
  declare state: ViewerState | null;
  /** Read only: use `play()` and `pause()`. */
  declare paused: boolean;

  readonly #output = new MediaOutput({
    changed: () => this.#outputChanged(),
    playing: () => this.#emit('playing'),
    pausedOutside: () => this.pause(),
    resumedOutside: () => this.play(),
  });
  readonly #screen = new PlayerScreen(this, this.#output.video, () => this.requestUpdate());
  readonly #idle = new IdleTimer(() => this.requestUpdate());
  readonly #countdown = new Countdown(() => this.requestUpdate());
  #viewer: LiveViewer | undefined;
  #t = playerTexts();
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #clickTimer: ReturnType<typeof setTimeout> | undefined;
  #measured: ViewerStats | undefined;

  constructor() {
    super();
    this.src = null;
    this.server = null;
    this.room = null;
    this.whep = null;
    this.token = null;
    this.autoplay = null;
    this.controls = null;
    this.muted = false;
    this.stats = false;
    this.layer = null;
    this.state = null;
    this.paused = false;
    this.addEventListener('keydown', (event) => this.handleKey(event));
  }

  /** The layers to choose from, lowest first; empty when there is one. */
  get layers(): readonly Layer[] {
    return this.#viewer?.layers ?? [];
  }

  /** How the viewer waits while many are joining; undefined when it does not. */
  get waiting(): Waiting | undefined {
    return this.#viewer?.waiting;
  }

  /** 0 to 1. */
  get volume(): number {
    return this.#output.video.volume;
  }

  set volume(volume: number) {
    this.#output.video.volume = Math.min(Math.max(volume, 0), 1);
  }

  /** Plays, from now: live video has no past. */
  play(): void {
    const paused = this.paused;
    this.paused = false;
    this.#viewer?.resume();
    this.#output.play();
    if (paused) this.#emit('play');
  }

  /** Stops receiving; the last frame stays. */
  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.#viewer?.pause();
    this.#output.pause();
    this.#emit('pause');
  }

  /** Chooses the highest layer to receive, an index into `layers`; `null` leaves it to the server. */
  setLayer(layer: number | null): void {
    this.layer = layer;
  }

  /** What is received now; rates are of the time since the last call. undefined while nothing is received. */
  async getStats(): Promise<ViewerStats | undefined> {
    return this.#viewer?.getStats();
  }

  /** Opens or leaves full screen. Needs a gesture of the user. */
  toggleFullscreen(): Promise<void> {
    return this.#screen.toggleFullscreen();
  }

  /** Opens or leaves picture in picture. Needs a gesture of the user. */
  togglePictureInPicture(): Promise<void> {
    return this.#screen.togglePictureInPicture();
  }

  /** Does what a key does in the player. For pages that give it keys which were pressed elsewhere. */
  handleKey(event: KeyboardEvent): void {
    const [target] = event.composedPath();
    if (!(target instanceof Element) || target.matches('select, input:not([type=range])')) return;
    const action = keyAction(event, target.matches('button, input, a'));
    if (!action) return;
    event.preventDefault();
    this.#idle.stir();
    this.#actions[action]();
  }

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('.frame')?.focus(options);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#screen.connect();
    if (!this.hasUpdated) return;
    this.#open();
    this.#watchStats();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#screen.disconnect();
    this.#idle.stop();
    clearTimeout(this.#clickTimer);
    clearInterval(this.#statsTimer);
    this.#shut();
  }

  /** A move with `moveBefore()` keeps what plays. */
  connectedMoveCallback(): void {}

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('lang')) this.#t = playerTexts(languageFrom(this.getAttribute('lang')));
    if (changed.has('muted')) this.#output.video.muted = this.muted;
    if (sourceAttributes.some((name) => changed.has(name))) this.#open();
    if (changed.has('layer')) this.#viewer?.setLayer(this.layer);
    if (changed.has('stats')) this.#watchStats();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get('muted') !== undefined) this.#emit('mutedchange', { muted: this.muted });
  }

  protected override render(): TemplateResult {
    const { hasPicture, hasVideo, hasAudio, blocked, soundRefused, video, still } = this.#output;
    const t = this.#t;
    const message = playerMessage({
      state: this.state,
      hasPicture,
      hasVideo,
      hasAudio,
      paused: this.paused || blocked,
      waiting: this.#waitingNow(),
      codec: this.#viewer?.unsupportedCodec ?? '',
      reason: this.#viewer?.closing?.reason ?? '',
    });
    const waiting = blocked || (this.paused && !hasPicture && this.state === 'live');
    const tap = waiting ? 'start' : soundRefused && hasAudio ? 'sound' : undefined;
    return html`
      <div
        class="frame ${hasPicture ? '' : 'empty'} ${this.#idle.idle && hasPicture && !this.paused ? 'idle' : ''}"
        part="frame"
        role="region"
        aria-label=${t('player')}
        tabindex="0"
        @pointermove=${this.#idle.stir}
        @pointerdown=${this.#idle.stir}
        @pointerleave=${this.#idle.rest}
        @focusin=${this.#idle.stir}
        @keydown=${this.#idle.stir}
      >
        <div class="picture" @click=${this.#pictureClicked} @dblclick=${this.#pictureDoubleClicked}>
          ${video} ${still.canvas} ${messageView(message, t)}
        </div>
        <div class="top ${this.querySelector('[slot=top]') ? '' : 'bare'}" part="top"><slot name="top"></slot></div>
        ${this.stats ? statsView(this.#measured, t) : nothing}
        ${tapView(tap, { start: () => this.play(), sound: this.#actions.toggleMute }, t)}
        ${this.controls === 'off' || !this.state ? nothing : controlsView(this.#controls(), this.#actions, t)}
        <div class="spoken" role="status">${message ? t(message.title, message.values) : t('live')}</div>
      </div>
    `;
  }

  #controls() {
    return {
      paused: this.paused || this.#output.blocked,
      muted: this.muted,
      volume: this.volume,
      live: this.state === 'live' || this.state === 'unsupported',
      layers: this.layers,
      layer: this.layer,
      statsShown: this.stats,
      canPictureInPicture: this.#screen.canPictureInPicture,
      fullscreen: this.#screen.fullscreen,
    };
  }

  readonly #actions: ControlsActions = {
    togglePlay: () => {
      if (this.paused || this.#output.blocked) this.play();
      else this.pause();
    },
    toggleMute: () => {
      this.muted = !this.muted;
      if (!this.muted && this.volume === 0) this.volume = 1;
    },
    setVolume: (volume) => {
      this.volume = volume;
      this.muted = volume === 0;
    },
    setLayer: (layer) => this.setLayer(layer),
    toggleStats: () => {
      this.stats = !this.stats;
    },
    // Refused without a gesture or a picture: then there is nothing to do.
    togglePictureInPicture: () => this.togglePictureInPicture().catch(() => undefined),
    toggleFullscreen: () => this.toggleFullscreen().catch(() => undefined),
  };

  #open(): void {
    this.#shut();
    const viewer = viewerFrom(this, document.baseURI, ownServer);
    if (!viewer) return;
    this.#viewer = viewer;
    this.state = viewer.state;
    const autoplay = autoplayFrom(this.autoplay);
    if (autoplay === 'muted') this.muted = true;
    if (autoplay === 'off' && !this.hasUpdated) this.paused = true;
    if (this.paused) {
      viewer.pause();
      this.#output.pause();
    }
    if (this.layer !== null) viewer.setLayer(this.layer);
    viewer.on('statechange', (state) => {
      // The last word of a viewer that was shut is none of this player.
      if (viewer !== this.#viewer) return;
      this.state = state;
      this.#emit('statechange', { state });
    });
    viewer.on('waitingchange', (waiting) => {
      if (viewer !== this.#viewer) return;
      this.#countdown.start(waiting && 'returnsAt' in waiting ? waiting.returnsAt : undefined);
      this.requestUpdate();
      this.#emit('waitingchange', { waiting });
    });
    viewer.on('trackschange', () => {
      if (viewer !== this.#viewer) return;
      this.#output.tracksChanged();
      this.requestUpdate();
    });
    viewer.on('layerschange', (layers) => {
      this.requestUpdate();
      this.#emit('layerschange', { layers });
    });
    viewer.on('viewercount', (viewers) => this.#emit('viewercount', { viewers }));
    viewer.on('failure', (error) => this.#emit('error', error));
    this.#output.attach(viewer.stream);
    viewer.start();
  }

  #shut(): void {
    const viewer = this.#viewer;
    this.#viewer = undefined;
    viewer?.close();
    this.#countdown.stop();
    this.#output.attach(undefined);
    this.#measured = undefined;
    this.state = null;
  }

  #waitingNow() {
    const { waiting } = this;
    if (!waiting || 'place' in waiting) return waiting;
    return { seconds: this.#countdown.seconds };
  }

  #outputChanged(): void {
    this.muted = this.#output.video.muted;
    this.requestUpdate();
  }

  #watchStats(): void {
    clearInterval(this.#statsTimer);
    if (!this.stats) return;
    const measure = async () => {
      this.#measured = await this.getStats();
      this.requestUpdate();
    };
    this.#statsTimer = setInterval(measure, STATS_MS);
    void measure();
  }

  readonly #pictureClicked = (event: MouseEvent): void => {
    // A finger's tap shows the controls; a mouse, which shows them by moving, pauses.
    if (!(event instanceof PointerEvent) || event.pointerType !== 'mouse' || event.detail !== 1) return;
    this.#clickTimer = setTimeout(this.#actions.togglePlay, DOUBLE_CLICK_MS);
  };

  readonly #pictureDoubleClicked = (): void => {
    clearTimeout(this.#clickTimer);
    this.#actions.toggleFullscreen();
  };

  #emit(type: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** `layer="1"` is a number; `layer="auto"` and no attribute are null. */
function layerFrom(value: string | null): number | null {
  return value !== null && /^\d$/.test(value) ? Number(value) : null;
}
