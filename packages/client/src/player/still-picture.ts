/** A canvas that keeps what a video has shown, to lie over it. Without a picture it is hidden. */
export class StillPicture {
  readonly canvas = document.createElement('canvas');

  constructor() {
    this.canvas.hidden = true;
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** Shows what a video shows now. */
  take(video: HTMLVideoElement): void {
    const { canvas } = this;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    canvas.hidden = false;
  }

  /** Idempotent. Gives the memory back. */
  clear(): void {
    this.canvas.hidden = true;
    this.canvas.width = 0;
  }
}
