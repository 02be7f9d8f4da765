import { startMedia } from './autoplay.ts';
import { PresentWatch } from './present-watch.ts';
import { StillPicture } from './still-picture.ts';

/** What the owner of a MediaOutput gets told. */
export interface MediaOutputEvents {
  /** Something that is shown has changed. */
  changed: () => void;
  /** Frames or sound have begun to play. */
  playing: () => void;
  /** The user paused by other means than the player's: media keys, the picture-in-picture window. */
  pausedOutside: () => void;
  /** The user resumed by such means. */
  resumedOutside: () => void;
}

/**
 * The video element of a player: plays a stream whose tracks come and go, under the browser's autoplay policy. There is no picture
 * until there is one of the present, and after a pause the last one stays until then.
 */
export class MediaOutput {
  readonly video = document.createElement('video');
  /** Lies over the video, and shows something after a pause only. */
  readonly still = new StillPicture();
  readonly #present: PresentWatch;
  #presentReached = false;
  #stream: MediaStream | undefined;
  #wanted = true;
  #blocked = false;
  #soundRefused = false;
  #hasPicture = false;

  constructor(events: MediaOutputEvents) {
    const { video } = this;
    video.playsInline = true;
    video.setAttribute('part', 'video');
    const pictureChanged = () => {
      if (video.videoWidth > 0) this.#present.limit();
      this.#hasPicture = video.videoWidth > 0 && this.#presentReached;
      events.changed();
    };
    this.#present = new PresentWatch(video, () => {
      this.#presentReached = true;
      this.still.clear();
      pictureChanged();
    });
    video.addEventListener('resize', pictureChanged);
    video.addEventListener('loadeddata', pictureChanged);
    video.addEventListener('playing', events.playing);
    video.addEventListener('volumechange', () => {
      // Once there was sound, being muted is the user's own choice.
      if (!video.muted) this.#soundRefused = false;
      events.changed();
    });
    video.addEventListener('play', () => {
      if (!this.#wanted) events.resumedOutside();
    });
    video.addEventListener('pause', () => {
      const active = this.#stream?.active && video.srcObject === this.#stream;
      if (this.#wanted && active && video.paused && !document.hidden) events.pausedOutside();
    });
  }

  /** A frame of the present has been shown, and is still there. */
  get hasPicture(): boolean {
    return this.#hasPicture;
  }

  /** The browser lets it start only by a gesture of the user. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** It is muted because the browser refused sound. */
  get soundRefused(): boolean {
    return this.#soundRefused && this.video.muted;
  }

  get hasAudio(): boolean {
    return (this.#stream?.getAudioTracks().length ?? 0) > 0;
  }

  get hasVideo(): boolean {
    return (this.#stream?.getVideoTracks().length ?? 0) > 0;
  }

  /** Shows a stream from now on, or nothing. */
  attach(stream: MediaStream | undefined): void {
    this.#stream = stream;
    this.#blocked = false;
    this.tracksChanged();
  }

  /** To be called when tracks of the stream have come or gone. */
  tracksChanged(): void {
    const { video } = this;
    if (!this.hasVideo) {
      this.#hasPicture = false;
      this.#presentReached = false;
      this.#present.stop();
      this.still.clear();
    } else if (!this.#presentReached) {
      this.#present.start();
      if (video.videoWidth > 0) this.#present.limit();
    }
    if (!this.#stream?.active) {
      if (video.srcObject) video.srcObject = null;
      return;
    }
    if (video.srcObject !== this.#stream) video.srcObject = this.#stream;
    if (this.#wanted && video.paused) void this.#start();
  }

  play(): void {
    if (!this.#wanted && this.#hasPicture) {
      this.still.take(this.video);
      this.#present.start();
    }
    this.#wanted = true;
    this.#blocked = false;
    if (this.video.srcObject) void this.#start();
  }

  pause(): void {
    this.#wanted = false;
    this.still.clear();
    this.video.pause();
  }

  async #start(): Promise<void> {
    const result = await startMedia(this.video);
    this.#blocked = result === 'blocked';
    if (result === 'muted') this.#soundRefused = true;
    this.video.dispatchEvent(new Event('volumechange'));
  }
}
