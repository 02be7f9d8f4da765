import type { PushAddress, SourceState, VideoCodec } from '@spillway/protocol';
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

/** A camera as the page asks for it. */
export interface CameraFields {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
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
    const studio = await StudioPage.#signIn(context, server, options);
    await studio.page.getByTestId('quality-select').selectOption(options.quality ?? '480p');
    await studio.chooseCodec(options.codec ?? 'auto');
    return studio;
  }

  /** Opens the page as the operator, to send from the server. A room with a source shows at once how that does. */
  static async openSources(context: BrowserContext, server: TestServer, room: string): Promise<StudioPage> {
    const studio = await StudioPage.#signIn(context, server, { room });
    await studio.page.getByTestId('origin-server').check();
    return studio;
  }

  static async #signIn(
    context: BrowserContext,
    server: TestServer,
    { room, key }: StudioOptions,
  ): Promise<StudioPage> {
    const studio = new StudioPage(await context.newPage());
    const fragment = new URLSearchParams({ ...(key ? { key } : { token: server.token }), room });
    await studio.page.goto(`${server.url}/studio#${fragment}`);
    return studio;
  }

  private constructor(page: Page) {
    this.page = page;
  }

  /** Chooses what the video is encoded with, now or while live. */
  async chooseCodec(codec: VideoCodec | 'auto'): Promise<void> {
    await this.page.getByTestId('codec-select').selectOption(codec);
  }

  /** Chooses to broadcast to another server by WHIP. */
  async chooseServer({ url, token }: { readonly url: string; readonly token: string }): Promise<void> {
    await this.page.getByTestId('destination-whip').check();
    await this.page.getByTestId('whip-url').fill(url);
    await this.page.getByTestId('whip-token').fill(token);
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

  /** Chooses a file of the video library, to be started. */
  async chooseFile(path: string, options: { readonly loop?: boolean } = {}): Promise<void> {
    await this.page.getByTestId('source-kind-file').check();
    await this.page.locator(`[data-testid=library-file][data-value="${path}"] input`).check();
    await this.page.getByTestId('source-loop').setChecked(options.loop ?? true);
  }

  /** Fills in a camera, to be checked or started. */
  async chooseCamera({ url, username = '', password = '' }: CameraFields): Promise<void> {
    await this.page.getByTestId('source-kind-camera').check();
    await this.page.getByTestId('source-url').fill(url);
    await this.page.getByTestId('source-username').fill(username);
    await this.page.getByTestId('source-password').fill(password);
  }

  /** Chooses to be pushed to. */
  async chooseEncoder(protocol: 'rtmp' | 'srt'): Promise<void> {
    await this.page.getByTestId('source-kind-encoder').check();
    await this.page.getByTestId(`source-protocol-${protocol}`).check();
  }

  async chooseTestPattern(): Promise<void> {
    await this.page.getByTestId('source-kind-test').check();
  }

  /** Has the doctor examine what is chosen. Returns the codes of what was found; see `findings` for a running source. */
  async checkSource(): Promise<string[]> {
    await this.page.getByTestId('source-check').click();
    await this.page.getByTestId('source-check-report').waitFor();
    return this.findings();
  }

  /** Starts what is chosen, and waits until the page shows how it does. */
  async startSource(): Promise<void> {
    await this.page.getByTestId('source-start').click();
    await this.page.getByTestId('source-card').waitFor();
  }

  /** Starts the present source again. */
  async resumeSource(): Promise<void> {
    await this.page.getByTestId('source-resume').click();
  }

  async stopSource(): Promise<void> {
    await this.page.getByTestId('source-stop').click();
    await this.whenSource('idle');
  }

  async removeSource(): Promise<void> {
    await this.page.getByTestId('source-remove').click();
    await this.page.getByTestId('source-form').waitFor();
  }

  /** Waits until the page says that the source is in this state. */
  async whenSource(state: SourceState): Promise<void> {
    await this.page.locator(`[data-testid=source-state][data-state=${state}]`).waitFor();
  }

  /** Waits until the page says that the room shows this one: 0 the source, 1 and above its backups. */
  async whenOnAir(index: number | 'none'): Promise<void> {
    await this.page.locator(`[data-testid=source-on-air][data-value="${index}"]`).waitFor();
  }

  /** Why the source is in its state, in the server's words. */
  async sourceReason(): Promise<string> {
    return (await this.page.getByTestId('source-reason').textContent()) ?? '';
  }

  /** Codes of what the doctor has found. */
  async findings(): Promise<string[]> {
    const findings = await this.page.getByTestId('finding').all();
    return Promise.all(findings.map(async (finding) => (await finding.getAttribute('data-code')) ?? ''));
  }

  /** Where an encoder is to push to, with the key, which the page shows when asked. */
  async pushAddress(): Promise<PushAddress> {
    await this.page.getByTestId('push-show').click();
    const url = (await this.page.getByTestId('push-url').textContent()) ?? '';
    const shown = this.page.getByTestId('push-key');
    const key = (await shown.count()) > 0 ? ((await shown.textContent()) ?? '') : '';
    return { url, key };
  }
}
