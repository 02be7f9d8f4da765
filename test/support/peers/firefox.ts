import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { processesMarked } from '../processes.ts';
import { waitFor } from '../wait-for.ts';

const EXECUTABLE = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr';

/** The variable by which its processes are found again. */
const MARK = 'TEST_FIREFOX_MARK';

/** What Firefox asks the internet for by itself is turned off, as far as it can be. */
const QUIET_PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  // The plug-ins for H264 and DRM are downloaded otherwise.
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.trr.mode': 5,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  // For the rest, and names: all but loopback goes through a proxy that is not there.
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
};

const MEDIA_PREFERENCES = {
  // An artificial microphone that needs no permission.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // A machine whose only network is loopback can run the tests too.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

/** Firefox for all tests of a file, headless, by WebDriver BiDi. */
export class TestFirefox {
  readonly #mark = randomUUID();
  readonly #pages = new Set<Page>();
  #folder = '';
  #browser: Browser | undefined;

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'spillway-firefox-'));
    this.#browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: EXECUTABLE,
      headless: true,
      userDataDir: join(this.#folder, 'profile'),
      env: {
        ...process.env,
        [MARK]: this.#mark,
        // Its caches are there.
        HOME: this.#folder,
        // Without, the server of its settings is fixed.
        MOZ_REMOTE_SETTINGS_DEVTOOLS: '1',
      },
      extraPrefsFirefox: { ...QUIET_PREFERENCES, ...MEDIA_PREFERENCES },
    });
  }

  /** Opens a page. Closed at the end of the test. */
  async open(url: string): Promise<Page> {
    if (!this.#browser) throw new Error('Firefox was not started');
    // A window of its own: pages behind others get one turn a second.
    const page = await this.#browser.newPage({ type: 'window' });
    this.#pages.add(page);
    await page.goto(url);
    return page;
  }

  async closePages(): Promise<void> {
    for (const page of this.#pages) if (!page.isClosed()) await page.close();
    this.#pages.clear();
  }

  /** Ends it and removes what it has written. */
  async close(): Promise<void> {
    const running = () => processesMarked(MARK, this.#mark);
    try {
      await this.#browser?.close();
      await waitFor('the processes of Firefox to end', () => running().length === 0, 10_000, running);
    } finally {
      for (const { pid } of running()) process.kill(pid, 'SIGKILL');
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}

/** Firefox for all tests of a file; the pages of a test are closed at its end. */
export function useFirefox(): TestFirefox {
  const firefox = new TestFirefox();
  beforeAll(() => firefox.start());
  afterEach(() => firefox.closePages());
  afterAll(() => firefox.close());
  return firefox;
}
