import {
  DeviceWatch,
  type InputDevices,
  MediaCaptureError,
  type MediaErrorCode,
  openBoth,
  openCamera,
  openMicrophone,
  openScreen,
  type QualityName,
  resizeCamera,
  type ScreenCapture,
} from '@spillway/client/publish';
import { AudioMixer } from './audio-mixer.ts';
import { Slate } from './slate.ts';

/** The choice of no device. The empty string is the browser's choice. */
export const NO_DEVICE = 'none';

/** Why there is no picture or sound; `lost`: the device went while it was in use. */
export type StageProblem = MediaErrorCode | 'lost';

/** What there is to show and to send. */
export interface StageTracks {
  video: MediaStreamTrack | undefined;
  audio: MediaStreamTrack | undefined;
}

export interface StageChoices {
  cameraId: string;
  microphoneId: string;
  quality: QualityName;
}

/**
 * Camera, microphone and screen: opens and changes them, and says what goes wrong. Event `tracks`: there is something else
 * to send. Event `change`: something else to show.
 */
export class Stage extends EventTarget {
  readonly #watch = new DeviceWatch();
  readonly #context = new AudioContext();
  readonly #mixer = new AudioMixer(this.#context);
  readonly #problems = new Map<'camera' | 'microphone' | 'screen', StageProblem>();
  #choices: StageChoices;
  #camera: MediaStreamTrack | undefined;
  #microphone: MediaStreamTrack | undefined;
  #screen: ScreenCapture | undefined;
  #slate: Slate | undefined;
  #muted = false;
  #pictureOff = false;
  #sent: StageTracks = { video: undefined, audio: undefined };
  /** Counts openings of each device: an answer that comes after the next choice is void. */
  #cameraTurn = 0;
  #microphoneTurn = 0;

  constructor(choices: StageChoices) {
    super();
    this.#choices = choices;
    this.#watch.on('change', () => this.#handleDevices());
  }

  get devices(): InputDevices {
    return this.#watch.now;
  }

  get choices(): Readonly<StageChoices> {
    return this.#choices;
  }

  get tracks(): StageTracks {
    return this.#sent;
  }

  /** The device in use, else the chosen one. */
  get cameraId(): string {
    return this.#camera?.getSettings().deviceId ?? this.#choices.cameraId;
  }

  /** The device in use, else the chosen one. */
  get microphoneId(): string {
    return this.#microphone?.getSettings().deviceId ?? this.#choices.microphoneId;
  }

  /** For the level meter; undefined without a microphone. */
  get microphone(): MediaStreamTrack | undefined {
    return this.#microphone;
  }

  get audioContext(): AudioContext {
    return this.#context;
  }

  get problems(): ReadonlyMap<'camera' | 'microphone' | 'screen', StageProblem> {
    return this.#problems;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get pictureOff(): boolean {
    return this.#pictureOff;
  }

  get sharing(): boolean {
    return this.#screen !== undefined;
  }

  /** Opens what is chosen. */
  async open(): Promise<void> {
    const { cameraId, microphoneId, quality } = this.#choices;
    if (cameraId === NO_DEVICE || microphoneId === NO_DEVICE) {
      await Promise.all([this.#openCamera(), this.#openMicrophone()]);
    } else {
      const turns = [++this.#cameraTurn, ++this.#microphoneTurn];
      const { camera, microphone } = await openBoth(
        { camera: cameraId || undefined, microphone: microphoneId || undefined },
        quality,
      );
      if (turns[0] === this.#cameraTurn) await this.#takeCamera(camera);
      else stopTrack(camera);
      if (turns[1] === this.#microphoneTurn) await this.#takeMicrophone(microphone);
      else stopTrack(microphone);
    }
    await this.#watch.refresh();
    this.#update();
  }

  /** Lets go of camera, microphone and screen, until they are opened again. */
  release(): void {
    this.#cameraTurn++;
    this.#microphoneTurn++;
    this.#camera?.stop();
    this.#microphone?.stop();
    this.#camera = undefined;
    this.#microphone = undefined;
    this.#stopScreen();
    this.#problems.clear();
    this.#update();
  }

  async chooseCamera(id: string): Promise<void> {
    this.#choices = { ...this.#choices, cameraId: id };
    await this.#openCamera();
  }

  async chooseMicrophone(id: string): Promise<void> {
    this.#choices = { ...this.#choices, microphoneId: id };
    await this.#openMicrophone();
  }

  async chooseQuality(quality: QualityName): Promise<void> {
    this.#choices = { ...this.#choices, quality };
    if (this.#camera) await resizeCamera(this.#camera, quality);
    this.#update();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#microphone) this.#microphone.enabled = !muted;
    this.#update();
  }

  setPictureOff(off: boolean): void {
    this.#pictureOff = off;
    this.#update();
  }

  /** Lets the user choose a screen, which then takes the camera's place. */
  async shareScreen(): Promise<void> {
    this.#problems.delete('screen');
    try {
      const screen = await openScreen();
      this.#stopScreen();
      this.#screen = screen;
      // The bar of the browser ends it too.
      screen.video.addEventListener('ended', () => {
        if (this.#screen === screen) this.unshareScreen();
      });
    } catch (error) {
      const code = error instanceof MediaCaptureError ? error.code : 'failed';
      if (code !== 'dismissed') this.#problems.set('screen', code);
    }
    this.#update();
  }

  /** Goes back to the camera. */
  unshareScreen(): void {
    this.#stopScreen();
    this.#update();
  }

  /** Browsers start sound only after a gesture of the user. */
  resumeAudio(): void {
    if (this.#context.state === 'suspended') void this.#context.resume();
  }

  close(): void {
    this.#watch.close();
    this.#camera?.stop();
    this.#microphone?.stop();
    this.#stopScreen();
    this.#slate?.close();
    void this.#context.close();
  }

  async #openCamera(): Promise<void> {
    const { cameraId, quality } = this.#choices;
    const turn = ++this.#cameraTurn;
    if (cameraId === NO_DEVICE) return this.#takeCamera(undefined);
    // Phones give one camera at a time. The slate fills the gap for viewers.
    const opened = await openCamera(cameraId || undefined, quality).catch(captureError('camera'));
    if (turn === this.#cameraTurn) await this.#takeCamera(opened);
    else stopTrack(opened);
  }

  async #openMicrophone(): Promise<void> {
    const { microphoneId } = this.#choices;
    const turn = ++this.#microphoneTurn;
    if (microphoneId === NO_DEVICE) return this.#takeMicrophone(undefined);
    const opened = await openMicrophone(microphoneId || undefined).catch(captureError('microphone'));
    if (turn === this.#microphoneTurn) await this.#takeMicrophone(opened);
    else stopTrack(opened);
  }

  async #takeCamera(opened: MediaStreamTrack | MediaCaptureError | undefined): Promise<void> {
    if (opened instanceof MediaCaptureError) {
      // The camera of last time is gone: any other is better than none.
      if (isGone(opened) && this.#choices.cameraId !== '') return this.chooseCamera('');
      this.#problems.set('camera', opened.code);
      this.#update();
      return;
    }
    const before = this.#camera;
    this.#camera = opened;
    this.#problems.delete('camera');
    opened?.addEventListener('ended', () => {
      if (this.#camera === opened) this.#lose('camera');
    });
    this.#update();
    before?.stop();
  }

  async #takeMicrophone(opened: MediaStreamTrack | MediaCaptureError | undefined): Promise<void> {
    if (opened instanceof MediaCaptureError) {
      if (isGone(opened) && this.#choices.microphoneId !== '') return this.chooseMicrophone('');
      this.#problems.set('microphone', opened.code);
      this.#update();
      return;
    }
    const before = this.#microphone;
    this.#microphone = opened;
    this.#problems.delete('microphone');
    if (opened) opened.enabled = !this.#muted;
    opened?.addEventListener('ended', () => {
      if (this.#microphone === opened) this.#lose('microphone');
    });
    this.#update();
    before?.stop();
  }

  #lose(kind: 'camera' | 'microphone'): void {
    if (kind === 'camera') this.#camera = undefined;
    else this.#microphone = undefined;
    this.#problems.set(kind, 'lost');
    this.#update();
  }

  /** A lost device that is plugged in again is used again. */
  #handleDevices(): void {
    const { cameras, microphones } = this.#watch.now;
    const { cameraId, microphoneId } = this.#choices;
    const has = (devices: InputDevices['cameras'], id: string) =>
      id === '' ? devices.length > 0 : devices.some((device) => device.id === id);
    if (this.#problems.get('camera') === 'lost' && has(cameras, cameraId)) void this.#openCamera();
    if (this.#problems.get('microphone') === 'lost' && has(microphones, microphoneId)) {
      void this.#openMicrophone();
    }
    this.dispatchEvent(new Event('change'));
  }

  #stopScreen(): void {
    this.#screen?.video.stop();
    this.#screen?.audio?.stop();
    this.#screen = undefined;
  }

  #update(): void {
    const video = this.#screen?.video ?? this.#camera ?? this.#placeholder();
    if (video) video.enabled = !this.#pictureOff;
    if (this.#slate && video !== this.#slate.track) {
      this.#slate.close();
      this.#slate = undefined;
    }
    const audio = this.#mixer.mix(this.#microphone, this.#screen?.audio);
    const changed = video !== this.#sent.video || audio !== this.#sent.audio;
    this.#sent = { video, audio };
    if (changed) this.dispatchEvent(new Event('tracks'));
    this.dispatchEvent(new Event('change'));
  }

  /** What viewers see when the camera has gone: the broadcast goes on. */
  #placeholder(): MediaStreamTrack | undefined {
    if (this.#problems.get('camera') !== 'lost') return undefined;
    this.#slate ??= new Slate();
    return this.#slate.track;
  }
}

function isGone({ code }: MediaCaptureError): boolean {
  return code === 'over-constrained' || code === 'missing';
}

function stopTrack(opened: MediaStreamTrack | MediaCaptureError | undefined): void {
  if (opened instanceof MediaStreamTrack) opened.stop();
}

function captureError(kind: 'camera' | 'microphone'): (error: unknown) => MediaCaptureError {
  return (error) =>
    error instanceof MediaCaptureError ? error : new MediaCaptureError(kind, 'failed', error);
}
