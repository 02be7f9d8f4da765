import type { CodecWish, QualityName } from '@spillway/client/publish';
import type { RoomSourceConfig } from '@spillway/protocol';
import { poll } from '../poll.ts';
import { BroadcastControl, type GoLiveOptions } from './broadcast-control.ts';
import { forgetCredential, type StudioCredential, storeCredential, takeCredential } from './credential.ts';
import { type DestinationKind, type WhipTarget, whipToken, whipUrlFault } from './destination.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { returnAdvice, returnTicket, thisNavigation } from './return-ticket.ts';
import { SourceControl } from './source-control.ts';
import { Stage } from './stage.ts';
import type { StudioText } from './texts.ts';
import { WakeLock } from './wake-lock.ts';

/** Why the sign-in card is shown again. */
export type SignInReason = 'refused' | undefined;

/** Where the picture comes from: camera, microphone and screen of this device, or a source of the server. */
export type Origin = 'device' | 'server';

/** How often the page asks how the source does. Milliseconds. */
const REFRESH_MS = 1500;

/**
 * The whole state of the page, and what can be done with it. Event `change`: something else to show. Event `fault`: the
 * broadcast cannot start before something in the form is mended.
 */
export class Studio extends EventTarget {
  readonly broadcast = new BroadcastControl();
  readonly source = new SourceControl(this.broadcast.server);
  readonly stage: Stage;
  readonly #wakeLock = new WakeLock();
  #credential: StudioCredential | undefined;
  #signInReason: SignInReason;
  #room: string;
  #codec: CodecWish;
  #origin: Origin = 'device';
  #destination: DestinationKind;
  #whip: WhipTarget;
  /** Whether the broadcast was to start, so that what is wrong with its destination is said. */
  #asked = false;
  /** Whether the name typed for the room, perhaps on the way to another, turned the page to the server. */
  #leftForRoom = false;
  #polling = false;
  #offer = returnTicket.read();
  /** Whether the stage has been asked to open its devices. */
  #opened = false;

  constructor() {
    super();
    const { credential, room } = takeCredential();
    const { codec, destination, whipUrl, whipLayers, ...choices } = loadPreferences();
    this.#credential = credential;
    this.#room = room ?? '';
    this.#codec = codec;
    this.#destination = destination;
    this.#whip = { url: whipUrl, token: whipToken.read(), layers: whipLayers };
    this.stage = new Stage(choices);
    this.stage.addEventListener('change', () => this.#changed());
    this.stage.addEventListener('tracks', () => this.broadcast.setTracks(this.stage.tracks));
    this.broadcast.addEventListener('change', () => this.#handleBroadcast());
    this.source.addEventListener('change', () => this.#changed());
    this.source.addEventListener('found', () => this.#showFound());
    if (credential) void this.#begin(credential);
  }

  get signedIn(): boolean {
    return this.#credential !== undefined;
  }

  get signInReason(): SignInReason {
    return this.#signInReason;
  }

  /** The name that is chosen for the room; empty: a 6-digit code. */
  get room(): string {
    return this.#room;
  }

  get codec(): CodecWish {
    return this.#codec;
  }

  get origin(): Origin {
    return this.#origin;
  }

  /** Where a broadcast from this device goes. */
  get destination(): DestinationKind {
    return this.#destination;
  }

  get whip(): Readonly<WhipTarget> {
    return this.#whip;
  }

  /** What is wrong with the other server's URL, once that matters. */
  get whipFault(): StudioText | undefined {
    return this.#asked ? whipUrlFault(this.#whip.url, location.protocol) : undefined;
  }

  /** Whether sources can be managed: until the server has told, whoever has no publish key is taken for the operator. */
  get mayUseServer(): boolean {
    const { access } = this.source;
    return access === 'granted' || (access === 'unknown' && this.#credential?.kind === 'token');
  }

  /** The room of a broadcast that this tab left, to go on with if the user wants. */
  get offeredRoom(): string | undefined {
    return this.broadcast.state === 'offline' ? this.#offer?.room : undefined;
  }

  /** Whether there is anything to send. */
  get ready(): boolean {
    const { video, audio } = this.stage.tracks;
    return video !== undefined || audio !== undefined;
  }

  signIn(credential: StudioCredential): void {
    storeCredential(credential);
    this.#credential = credential;
    this.#signInReason = undefined;
    if (credential.room) this.#useRoom(credential.room);
    this.broadcast.dismiss();
    void this.#begin(credential);
  }

  async signOut(): Promise<void> {
    await this.broadcast.end();
    forgetCredential();
    whipToken.forget();
    location.reload();
  }

  setRoom(room: string): void {
    if (this.#leftForRoom && room !== this.#room) this.chooseOrigin('device');
    this.#useRoom(room);
    this.#changed();
  }

  /** Not while a broadcast of this page runs. */
  chooseOrigin(origin: Origin): void {
    if (origin === this.#origin || this.broadcast.state !== 'offline') return;
    this.#origin = origin;
    this.#leftForRoom = false;
    if (origin === 'server') {
      this.stage.release();
      this.#opened = false;
      void this.source.loadLibrary();
    } else {
      this.source.forgetCheck();
      void this.#openStage();
    }
    this.#changed();
  }

  /** Not while a broadcast of this page runs. */
  chooseDestination(destination: DestinationKind): void {
    if (this.broadcast.state !== 'offline') return;
    this.#destination = destination;
    this.#asked = false;
    this.broadcast.dismiss();
    this.#remember();
  }

  setWhip(change: Partial<WhipTarget>): void {
    this.#whip = { ...this.#whip, ...change };
    this.#asked = false;
    whipToken.write(this.#whip.token);
    this.#remember();
  }

  /**
   * Sets the source of the chosen room, or of a new one.
   *
   * @returns whether it has been set.
   */
  async startSource(config: RoomSourceConfig): Promise<boolean> {
    this.#leftForRoom = false;
    const started = await this.source.start(config);
    this.setRoom(this.source.room);
    return started;
  }

  async goLive(takeover = false): Promise<void> {
    this.#asked = true;
    if (this.#destination === 'whip') {
      if (this.whipFault) {
        this.#changed();
        this.dispatchEvent(new Event('fault'));
      } else await this.#goLive({ room: '', whip: this.#whip });
      return;
    }
    await this.#goLive({ room: (takeover && this.broadcast.busyRoom) || this.#room, takeover });
  }

  /** Goes on with the broadcast that this tab left. */
  acceptOffer(): Promise<void> {
    const ticket = this.#offer;
    this.#offer = undefined;
    if (ticket) this.#destination = 'here';
    return ticket ? this.#goLive({ room: ticket.room, resume: ticket.resume }) : Promise.resolve();
  }

  declineOffer(): void {
    this.#offer = undefined;
    returnTicket.tear();
    this.#changed();
  }

  async chooseCamera(id: string): Promise<void> {
    await this.stage.chooseCamera(id);
    this.#remember();
  }

  async chooseMicrophone(id: string): Promise<void> {
    await this.stage.chooseMicrophone(id);
    this.#remember();
  }

  async chooseQuality(quality: QualityName): Promise<void> {
    await this.stage.chooseQuality(quality);
    this.broadcast.setQuality(quality);
    this.#remember();
  }

  chooseCodec(codec: CodecWish): void {
    this.#codec = codec;
    this.broadcast.setCodec(codec);
    this.#remember();
  }

  async #begin(credential: StudioCredential): Promise<void> {
    void this.broadcast.findViewerServer(credential);
    this.#changed();
    const advice = returnAdvice(this.#offer, thisNavigation());
    if (advice === 'return') {
      await this.#openStage();
      await this.acceptOffer();
    } else if (advice === 'forget') {
      this.declineOffer();
    }
    await this.source.signIn(credential.value, this.#room);
    if (!this.#polling) poll(() => this.#refreshSource(), REFRESH_MS);
    this.#polling = true;
    // Nobody is asked for a camera who only wants to see how a source does.
    if (this.#origin === 'device') await this.#openStage();
  }

  #showFound(): void {
    const hadDevice = this.#opened;
    this.chooseOrigin('server');
    this.#leftForRoom = hadDevice;
  }

  async #openStage(): Promise<void> {
    if (this.#opened) return;
    this.#opened = true;
    await this.stage.open();
  }

  async #goLive(how: Pick<GoLiveOptions, 'room' | 'takeover' | 'resume' | 'whip'>): Promise<void> {
    if (!this.#credential || !this.ready) return;
    this.stage.resumeAudio();
    this.#offer = undefined;
    await this.broadcast.goLive({
      ...how,
      credential: this.#credential,
      tracks: this.stage.tracks,
      quality: this.stage.choices.quality,
      codec: this.#codec,
    });
  }

  #handleBroadcast(): void {
    const { state, failure, room } = this.broadcast;
    this.#wakeLock.wanted = state !== 'offline';
    // The same room next time: its viewers wait there.
    if (state === 'live' && room) this.#useRoom(room);
    if (failure?.code === 'unauthorized') {
      forgetCredential();
      this.#credential = undefined;
      this.#signInReason = 'refused';
    }
    this.#changed();
  }

  #useRoom(room: string): void {
    this.#room = room;
    this.source.setRoom(room);
  }

  async #refreshSource(): Promise<void> {
    if (this.#credential && (this.#origin === 'server' || this.source.access === 'unknown')) {
      await this.source.refresh();
    }
  }

  #remember(): void {
    const { cameraId, microphoneId, quality } = this.stage.choices;
    savePreferences({
      cameraId,
      microphoneId,
      quality,
      codec: this.#codec,
      destination: this.#destination,
      whipUrl: this.#whip.url,
      whipLayers: this.#whip.layers,
    });
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
