import type { VideoCodec } from '@spillway/protocol';
import type { BrowserContext, Page } from 'playwright-core';
import type { TestServer } from './server.ts';

export interface StudioOptions {
  readonly room: string;
  /** Signs in with a publish key. Default: as the operator. */
  readonly key?: string;
  /** Default `auto`. */
  readonly codec?: VideoCodec | 'auto';
  /** Default `480p`, which costs the least CPU. */
  readonly quality?: '480p' | '720p' | '1080p';
}

/** The broadcaster's page, with the browser's artificial camera and microphone. */
export class StudioPage {
  readonly page: Page;

  /** Opens the page by a link that signs in, as the server prints one. */
  static async open(
    context: BrowserContext,
    server: TestServer,
    options: StudioOptions,
  ): Promise<StudioPage> {
    const studio = new StudioPage(await context.newPage());
    const credential = options.key ? { key: options.key } : { token: server.token };
    const fragment = new URLSearchParams({ ...credential, room: options.room });
    await studio.page.goto(`${server.url}/studio#${fragment}`);
    await studio.page.getByTestId('quality-select').selectOption(options.quality ?? '480p');
    await studio.chooseCodec(options.codec ?? 'auto');
    return studio;
  }

  private constructor(page: Page) {
    this.page = page;
  }

  /** Chooses what the video is encoded with, now or while live. */
  async chooseCodec(codec: VideoCodec | 'auto'): Promise<void> {
    await this.page.getByTestId('codec-select').selectOption(codec);
  }

  async goLive(): Promise<void> {
    await this.page.getByTestId('go-live').click();
    await this.whenLive();
  }

  /** Waits until the page says that it broadcasts. */
  async whenLive(): Promise<void> {
    await this.page.locator('[data-testid=state][data-state=live]').waitFor();
  }

  /** Waits until the page says how many watch. */
  async whenWatchedBy(viewers: number): Promise<void> {
    await this.page.locator(`[data-testid=viewer-count][data-value="${viewers}"]`).waitFor();
  }

  async end(): Promise<void> {
    await this.page.getByTestId('end').click();
    await this.page.getByTestId('go-live').waitFor();
  }
}
