import { ageOf, type ShownPicture } from './present.ts';

/** For how long pictures are kept from the user that are not evidently of the past. Milliseconds. */
const PATIENCE_MS = 500;
/** The longest that any are. A slow decoder takes so long for some seconds of the past. Milliseconds. */
const LIMIT_MS = 3000;

/** Looks at the pictures of a video element until one is of the present: see `ageOf()`. */
export class PresentWatch {
  readonly #video: HTMLVideoElement;
  readonly #reached: () => void;
  #callback: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The end of `LIMIT_MS`, once there is a picture. Milliseconds of `performance.now()`. */
  #latest = 0;

  /**
   * @param reached Called once for each `start()`, unless `stop()` comes before: half a second after the first picture at the
   *   latest, or after the last one that is evidently of the past, but no more than 3 s after the first; and at once where the
   *   browser does not tell of pictures.
   */
  constructor(video: HTMLVideoElement, reached: () => void) {
    this.#video = video;
    this.#reached = reached;
  }

  /** Begins, or begins anew. */
  start(): void {
    this.stop();
    const video = this.#video;
    if (!('requestVideoFrameCallback' in video)) {
      this.#reached();
      return;
    }
    let before: ShownPicture | undefined;
    const look: VideoFrameRequestCallback = (_now, { rtpTimestamp }) => {
      const shown = { rtpTimestamp, total: video.getVideoPlaybackQuality().totalVideoFrames };
      const age = ageOf(before, shown);
      if (age === 'present') {
        this.#end();
        return;
      }
      before = shown;
      this.#callback = video.requestVideoFrameCallback(look);
      this.limit();
      if (age === 'past') this.#wait();
    };
    this.#callback = video.requestVideoFrameCallback(look);
  }

  /** There is a picture, whether the browser has told of it or not: from now on time is limited. */
  limit(): void {
    if (this.#callback === undefined || this.#timer !== undefined) return;
    this.#latest = performance.now() + LIMIT_MS;
    this.#wait();
  }

  /** Idempotent. */
  stop(): void {
    if (this.#callback !== undefined) this.#video.cancelVideoFrameCallback(this.#callback);
    clearTimeout(this.#timer);
    this.#callback = undefined;
    this.#timer = undefined;
  }

  /** Half a second, from now on, within the limit. */
  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), Math.min(PATIENCE_MS, this.#latest - performance.now()));
  }

  #end(): void {
    this.stop();
    this.#reached();
  }
}
