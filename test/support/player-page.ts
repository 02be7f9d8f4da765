import { patternClockAge, readPatternClock } from '@spillway/ingest/pattern-clock';
import type { BrowserContext, Page } from 'playwright-core';
import { contrast, difference, type Picture } from './picture.ts';
import { waitFor } from './wait-for.ts';

/** Size in which pictures are taken out of the page; the pattern's clock can still be read. Pixels. */
const PICTURE = { width: 320, height: 180 };

/** Below this a picture counts as one colour. That of Chromium's artificial camera has about 14, the pattern 60. */
const MIN_CONTRAST = 6;

/** Above what the codec makes of silence, and below a twentieth of a second of a quiet tone. */
const MIN_ENERGY = 1e-5;

/** What a player's page received of one medium (`RTCInboundRtpStreamStats`). */
export interface Inbound {
  readonly kind: 'audio' | 'video';
  readonly codec: string;
  readonly bytes: number;
  readonly framesDecoded: number;
  /** Grows with the sound's loudness. */
  readonly audioEnergy: number;
}

/** A page with a `<spillway-player>`. */
export class PlayerPage {
  readonly page: Page;
  /** Signalling frames, in the order in which they passed. */
  readonly frames: { readonly from: 'page' | 'server'; readonly message: Record<string, unknown> }[] = [];
  #loads = 0;

  /** Opens an address that shows a player. */
  static async open(context: BrowserContext, url: string): Promise<PlayerPage> {
    const player = new PlayerPage(await context.newPage());
    await player.page.goto(url);
    return player;
  }

  private constructor(page: Page) {
    this.page = page;
    page.on('load', () => {
      this.#loads += 1;
    });
    page.on('websocket', (socket) => {
      const note = (from: 'page' | 'server') => (frame: { payload: string | Buffer }) => {
        this.frames.push({ from, message: JSON.parse(frame.payload.toString()) });
      };
      socket.on('framesent', note('page'));
      socket.on('framereceived', note('server'));
    });
  }

  /** How often the page was loaded: more than once, and something has reloaded it. */
  get loads(): number {
    return this.#loads;
  }

  /** How often the page has sent a request. */
  requests(method: string): number {
    return this.frames.filter(({ from, message }) => from === 'page' && message.method === method).length;
  }

  /** Waits until the server has answered a request of the page. Touches nothing in the page. */
  async whenAnswered(method: string): Promise<void> {
    const request = await waitFor(`request ${method}`, () =>
      this.frames.find(({ message }) => message.request === true && message.method === method),
    );
    await waitFor(`the answer to ${method}`, () =>
      this.frames.some(({ message }) => message.response === true && message.id === request.message.id),
    );
  }

  /** The player's `state`. */
  state(): Promise<string | null> {
    return this.page.locator('spillway-player').getAttribute('state');
  }

  async whenState(state: string, limit?: number): Promise<void> {
    await waitFor(
      `the player to be ${state}`,
      async () => (await this.state()) === state,
      limit,
      () => this.state(),
    );
  }

  /** The picture that shows now; undefined before the first. */
  async picture(): Promise<Picture | undefined> {
    const { width, height } = PICTURE;
    const pixels = await this.#video.evaluate((video: HTMLVideoElement, size) => {
      if (video.videoWidth === 0) return undefined;
      const canvas = new OffscreenCanvas(size.width, size.height);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context?.drawImage(video, 0, 0, size.width, size.height);
      const pixels = context?.getImageData(0, 0, size.width, size.height).data;
      return pixels && new Uint8Array(pixels.buffer).toBase64();
    }, PICTURE);
    return pixels ? { width, height, data: Buffer.from(pixels, 'base64') } : undefined;
  }

  /** The size of the video itself. Pixels. */
  size(): Promise<{ width: number; height: number }> {
    return this.#video.evaluate((video: HTMLVideoElement) => ({
      width: video.videoWidth,
      height: video.videoHeight,
    }));
  }

  /** Frames a second that were shown over a time of at least two seconds. */
  frameRate(): Promise<number> {
    return this.#video.evaluate(async (video: HTMLVideoElement) => {
      const frames = () => {
        const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
        return totalVideoFrames - droppedVideoFrames;
      };
      const [before, start] = [frames(), performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return ((frames() - before) * 1000) / (performance.now() - start);
    });
  }

  /** What the page receives now, of all its connections. */
  inbound(): Promise<Inbound[]> {
    return this.page.evaluate(async () => {
      const peers: RTCPeerConnection[] = Reflect.get(globalThis, 'testPeers');
      const open = peers.filter(({ connectionState }) => connectionState !== 'closed');
      const reports = await Promise.all(open.map((peer) => peer.getStats()));
      return reports.flatMap((report) =>
        [...report.values()]
          .filter((entry) => entry.type === 'inbound-rtp')
          .map((entry) => ({
            kind: entry.kind,
            codec: String(report.get(entry.codecId)?.mimeType ?? '').split('/')[1] ?? '',
            bytes: entry.bytesReceived,
            framesDecoded: entry.framesDecoded ?? 0,
            audioEnergy: entry.totalAudioEnergy ?? 0,
          })),
      );
    });
  }

  /** The codec of the video that arrives now, from the player's statistics. */
  videoCodec(): Promise<string | undefined> {
    return this.page.locator('spillway-player').evaluate(async (player) => {
      // The page's own bundle gives the element its type.
      const { getStats } = player as HTMLElement & {
        getStats(): Promise<{ videoCodec?: string } | undefined>;
      };
      return (await getStats.call(player))?.videoCodec;
    });
  }

  /**
   * Waits until the test pattern shows a picture that was drawn after a moment.
   *
   * @param moment milliseconds since the Unix epoch
   * @returns milliseconds from that moment until the picture showed
   */
  async whenPatternFrom(moment: number, limit = 20_000): Promise<number> {
    const shown = await waitFor(
      'a picture of the test pattern from after the given moment',
      async () => {
        const clock = await this.#clock();
        if (clock === undefined) return undefined;
        // Negative: drawn later than that.
        return patternClockAge(clock, moment) < 0 ? { at: Date.now() } : undefined;
      },
      limit,
      async () => ({ state: await this.state(), clock: await this.#clock() }),
    );
    return shown.at - moment;
  }

  /** Waits until the test pattern's clock is readable and runs. */
  async whenPatternRuns(limit?: number): Promise<void> {
    await this.whenPatternFrom(Date.now(), limit);
    await this.whenPatternFrom(Date.now() + 500, limit);
  }

  /** Waits until there is a picture of more than one colour that changes. */
  async whenMoving(limit?: number): Promise<void> {
    const first = await waitFor(
      'a picture with something in it',
      async () => {
        const picture = await this.picture();
        return picture && contrast(picture) > MIN_CONTRAST ? picture : undefined;
      },
      limit,
      () => this.state(),
    );
    await waitFor(
      'the picture to change',
      async () => {
        const picture = await this.picture();
        return picture && contrast(picture) > MIN_CONTRAST && difference(first, picture) > 0.001;
      },
      limit,
      () => this.state(),
    );
  }

  /** Waits until sound arrives that is not silence. */
  async whenSounding(limit?: number): Promise<void> {
    const energy = async () => {
      const audio = (await this.inbound()).filter(({ kind }) => kind === 'audio');
      return audio.reduce((sum, { audioEnergy }) => sum + audioEnergy, 0);
    };
    const before = await energy();
    await waitFor(
      'sound',
      async () => (await energy()) > before + MIN_ENERGY,
      limit,
      () => this.inbound(),
    );
  }

  get #video() {
    return this.page.locator('spillway-player video');
  }

  async #clock(): Promise<number | undefined> {
    const picture = await this.picture();
    return picture && readPatternClock(picture);
  }
}
