import { MARK } from './clips.ts';
import type { PlayerPage } from './player-page.ts';
import { waitFor } from './wait-for.ts';

/** A frame that the page presented. */
interface ShownFrame {
  /** When, by the page's clock. Milliseconds. */
  readonly at: number;
  /** RTP timestamp, 90 kHz. */
  readonly rtp: number;
  /** Colour of the clip's mark. */
  readonly mark: MarkColor;
}

export type MarkColor = 'white' | 'red' | 'blue' | 'black';

/** What is so near to a seam belongs to it. Milliseconds. */
const NEAR = 500;

/** The change from one frame to the next. */
interface Step {
  /** Whether a clip begins with it. */
  readonly isSeam: boolean;
  /** Whether it is near to one that is. */
  readonly atSeam: boolean;
  /** Between the moments at which they were shown. Milliseconds. */
  readonly shownMs: number;
  /** Between their RTP timestamps. Milliseconds. */
  readonly mediaMs: number;
}

/** The longest steps between frames, at seams and elsewhere. Milliseconds. */
export interface LongestSteps {
  readonly shown: { readonly seam: number; readonly elsewhere: number };
  readonly media: { readonly seam: number; readonly elsewhere: number };
}

/** Records every frame that a page shows of the clips of {@link makeClip}. */
export class SeamWatch {
  readonly #page: PlayerPage;

  /** Begins to record. The page must show a video already. */
  static async start(player: PlayerPage): Promise<SeamWatch> {
    await player.page.locator('spillway-player video').evaluate((video: HTMLVideoElement, size) => {
      const frames: [number, number, number, number, number][] = [];
      Object.assign(globalThis, { testFrames: frames });
      const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      const note: VideoFrameRequestCallback = (_now, { expectedDisplayTime, rtpTimestamp = 0, width }) => {
        // Of the middle, since the edges blur.
        const side = (width / 320) * size;
        context?.drawImage(video, side / 4, side / 4, side / 2, side / 2, 0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
        frames.push([expectedDisplayTime, rtpTimestamp, red, green, blue]);
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }, MARK);
    return new SeamWatch(player);
  }

  private constructor(page: PlayerPage) {
    this.#page = page;
  }

  /** The colours of the mark in their order, each once until it changes. */
  async colors(): Promise<MarkColor[]> {
    return (await this.#frames()).map(({ mark }) => mark).filter((mark, at, all) => mark !== all[at - 1]);
  }

  /** How often a clip has begun since the recording did. */
  async seams(): Promise<number> {
    return (await this.#steps()).filter(({ isSeam }) => isSeam).length;
  }

  /** Waits until clips have begun so many times. */
  async whenSeams(count: number, limit = 40_000): Promise<void> {
    await waitFor(
      `${count} seams`,
      async () => (await this.seams()) >= count,
      limit,
      () => this.colors(),
    );
  }

  async longestSteps(): Promise<LongestSteps> {
    const steps = await this.#steps();
    const longest = (atSeam: boolean, of: 'shownMs' | 'mediaMs') =>
      Math.max(...steps.filter((step) => step.atSeam === atSeam).map((step) => step[of]));
    return {
      shown: { seam: longest(true, 'shownMs'), elsewhere: longest(false, 'shownMs') },
      media: { seam: longest(true, 'mediaMs'), elsewhere: longest(false, 'mediaMs') },
    };
  }

  async #steps(): Promise<Step[]> {
    const frames = await this.#frames();
    const begins = ({ mark }: ShownFrame, before: ShownFrame | undefined) =>
      mark !== 'black' && before?.mark === 'black';
    const seams = frames.filter((frame, index) => begins(frame, frames[index - 1]));
    return frames.flatMap((frame, index) => {
      const before = frames[index - 1];
      if (!before) return [];
      return {
        isSeam: begins(frame, before),
        atSeam: seams.some(
          (seam) => Math.min(Math.abs(seam.at - frame.at), Math.abs(seam.at - before.at)) < NEAR,
        ),
        shownMs: frame.at - before.at,
        // Timestamps turn over at 32 bits; a step back is none forward.
        mediaMs: ((frame.rtp - before.rtp) | 0) / 90,
      };
    });
  }

  async #frames(): Promise<ShownFrame[]> {
    const raw = await this.#page.page.evaluate((): [number, number, number, number, number][] =>
      Reflect.get(globalThis, 'testFrames'),
    );
    return raw.map(([at, rtp, red, green, blue]) => ({ at, rtp, mark: colorOf(red, green, blue) }));
  }
}

function colorOf(red: number, green: number, blue: number): MarkColor {
  if (red > 128 && green > 128) return 'white';
  if (red > 128) return 'red';
  return blue > 128 ? 'blue' : 'black';
}
