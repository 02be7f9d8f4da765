import { isPresent, type ShownPicture } from './present.ts';

/** The longest that a picture is kept from the user. Milliseconds. */
const LIMIT_MS = 500;

/** Looks at the pictures of a video element until one is of the present: see `isPresent()`. */
export class PresentWatch {
  readonly #video: HTMLVideoElement;
  readonly #reached: () => void;
  #callback: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param reached Called once for each `start()`, unless `stop()` comes before: half a second after the first picture at the
   *   latest, and at once where the browser does not tell of pictures.
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
      if (isPresent(before, shown)) {
        this.#end();
        return;
      }
      before = shown;
      this.#callback = video.requestVideoFrameCallback(look);
      this.limit();
    };
    this.#callback = video.requestVideoFrameCallback(look);
  }

  /** There is a picture, whether the browser has told of it or not: from now on it ends in half a second at the latest. */
  limit(): void {
    if (this.#callback !== undefined) this.#timer ??= setTimeout(() => this.#end(), LIMIT_MS);
  }

  /** Idempotent. */
  stop(): void {
    if (this.#callback !== undefined) this.#video.cancelVideoFrameCallback(this.#callback);
    clearTimeout(this.#timer);
    this.#callback = undefined;
    this.#timer = undefined;
  }

  #end(): void {
    this.stop();
    this.#reached();
  }
}
