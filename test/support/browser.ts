import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { artifactFile } from './artifacts.ts';

const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A machine whose only network is loopback can run the tests too.
  '--allow-loopback-in-peer-connection',
];

const CAMERA_FLAGS = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

export interface BrowserOptions {
  /** Offers a camera and a microphone that need no permission. Default false. */
  readonly camera?: boolean;
  /** Lets pages play sound without a gesture. Default true; false is what people's browsers do. */
  readonly sound?: boolean;
}

/** Collects the page's peer connections, whose stats tell more than the player shows. */
function collectPeers(): void {
  const peers: RTCPeerConnection[] = [];
  const Native = RTCPeerConnection;
  Object.assign(globalThis, {
    testPeers: peers,
    RTCPeerConnection: class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    },
  });
}

/** A browser for all tests of a file, with a fresh profile for each test. */
export class TestBrowser {
  readonly #options: BrowserOptions;
  readonly #contexts = new Set<BrowserContext>();
  #browser: Browser | undefined;

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { camera = false, sound = true } = this.#options;
    this.#browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: [
        ...QUIET_FLAGS,
        ...(camera ? CAMERA_FLAGS : []),
        ...(sound ? ['--autoplay-policy=no-user-gesture-required'] : []),
      ],
    });
  }

  /** A fresh profile. Closed at the end of the test. */
  async newContext(): Promise<BrowserContext> {
    if (!this.#browser) throw new Error('the browser was not started');
    const context = await this.#browser.newContext({ viewport: { width: 960, height: 600 } });
    await context.addInitScript(collectPeers);
    this.#contexts.add(context);
    return context;
  }

  /** Keeps a picture of every open page in `test/artifacts`. */
  async keepPictures(name: string): Promise<void> {
    const pages = [...this.#contexts].flatMap((context) => context.pages());
    for (const [index, page] of pages.entries()) {
      await page.screenshot({ path: artifactFile(`${name} ${index}`, 'png'), timeout: 5000 }).catch(() => {});
    }
  }

  async closeContexts(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    this.#contexts.clear();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }
}

/** A browser for all tests of a file; the pages of a test are closed at its end. */
export function useBrowser(options: BrowserOptions = {}): TestBrowser {
  const browser = new TestBrowser(options);
  beforeAll(() => browser.start());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await browser.keepPictures(task.name);
    await browser.closeContexts();
  });
  afterAll(() => browser.close());
  return browser;
}
