import type { CodecWish, QualityName } from '@spillway/client/publish';
import { BroadcastControl } from './broadcast-control.ts';
import { forgetCredential, type StudioCredential, storeCredential, takeCredential } from './credential.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { returnAdvice, returnTicket, thisNavigation } from './return-ticket.ts';
import { Stage } from './stage.ts';
import { WakeLock } from './wake-lock.ts';

/** Why the sign-in card is shown again. */
export type SignInReason = 'refused' | undefined;

/** The whole state of the page, and what can be done with it. Event `change`: something else to show. */
export class Studio extends EventTarget {
  readonly broadcast = new BroadcastControl();
  readonly stage: Stage;
  readonly #wakeLock = new WakeLock();
  #credential: StudioCredential | undefined;
  #signInReason: SignInReason;
  #room: string;
  #codec: CodecWish;
  #offer = returnTicket.read();
  #opened = false;

  constructor() {
    super();
    const { credential, room } = takeCredential();
    const { codec, ...choices } = loadPreferences();
    this.#credential = credential;
    this.#room = room ?? '';
    this.#codec = codec;
    this.stage = new Stage(choices);
    this.stage.addEventListener('change', () => this.#changed());
    this.stage.addEventListener('tracks', () => this.broadcast.setTracks(this.stage.tracks));
    this.broadcast.addEventListener('change', () => this.#handleBroadcast());
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
    if (credential.room) this.#room = credential.room;
    this.broadcast.dismiss();
    void this.#begin(credential);
  }

  async signOut(): Promise<void> {
    await this.broadcast.end();
    forgetCredential();
    location.reload();
  }

  setRoom(room: string): void {
    this.#room = room;
    this.#changed();
  }

  goLive(takeover = false): Promise<void> {
    return this.#goLive({ room: (takeover && this.broadcast.busyRoom) || this.#room, takeover });
  }

  /** Goes on with the broadcast that this tab left. */
  acceptOffer(): Promise<void> {
    const ticket = this.#offer;
    this.#offer = undefined;
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
    if (!this.#opened) {
      this.#opened = true;
      await this.stage.open();
    }
    const advice = returnAdvice(this.#offer, thisNavigation());
    if (advice === 'return') await this.acceptOffer();
    else if (advice === 'forget') this.declineOffer();
  }

  async #goLive(how: { room: string; takeover?: boolean; resume?: string }): Promise<void> {
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
    if (state === 'live' && room) this.#room = room;
    if (failure?.code === 'unauthorized') {
      forgetCredential();
      this.#credential = undefined;
      this.#signInReason = 'refused';
    }
    this.#changed();
  }

  #remember(): void {
    const { cameraId, microphoneId, quality } = this.stage.choices;
    savePreferences({ cameraId, microphoneId, quality, codec: this.#codec });
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
