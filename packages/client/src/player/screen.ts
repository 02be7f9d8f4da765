import type { ReactiveElement } from 'lit';

/** A video element of an iPhone, where only it can be in full screen. */
interface WebKitVideo extends HTMLVideoElement {
  webkitEnterFullscreen(): void;
}

/** Full screen and picture in picture of a player. */
export class PlayerScreen {
  readonly #host: ReactiveElement;
  readonly #video: HTMLVideoElement;
  readonly #changed: () => void;

  /** @param changed Called when full screen or picture in picture began or ended. */
  constructor(host: ReactiveElement, video: HTMLVideoElement, changed: () => void) {
    this.#host = host;
    this.#video = video;
    this.#changed = changed;
    video.addEventListener('enterpictureinpicture', changed);
    video.addEventListener('leavepictureinpicture', changed);
  }

  get fullscreen(): boolean {
    return this.#host.matches(':fullscreen');
  }

  get canPictureInPicture(): boolean {
    return document.pictureInPictureEnabled === true;
  }

  get inPictureInPicture(): boolean {
    return this.#host.shadowRoot?.pictureInPictureElement === this.#video;
  }

  connect(): void {
    document.addEventListener('fullscreenchange', this.#changed);
  }

  disconnect(): void {
    document.removeEventListener('fullscreenchange', this.#changed);
  }

  async toggleFullscreen(): Promise<void> {
    if (this.fullscreen) await document.exitFullscreen();
    else if (document.fullscreenEnabled) await this.#host.requestFullscreen();
    else if (isWebKitVideo(this.#video)) this.#video.webkitEnterFullscreen();
  }

  async togglePictureInPicture(): Promise<void> {
    if (this.inPictureInPicture) await document.exitPictureInPicture();
    else if (this.canPictureInPicture && this.#video.videoWidth > 0)
      await this.#video.requestPictureInPicture();
  }
}

function isWebKitVideo(video: HTMLVideoElement): video is WebKitVideo {
  return 'webkitEnterFullscreen' in video && typeof video.webkitEnterFullscreen === 'function';
}
