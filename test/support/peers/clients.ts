import { type TestBrowser, useBrowser } from '../browser.ts';
import type { TestServer } from '../server.ts';
import { BrowserPeer, type PublishOptions, type ScriptablePage } from './browser-peer.ts';
import { EncoderPeer } from './encoder-peer.ts';
import { type TestFirefox, useFirefox } from './firefox.ts';
import { type LibDataChannelOptions, LibDataChannelPlayer } from './libdatachannel.ts';
import type { Player, Publisher } from './player.ts';
import { PythonPeer } from './python-peer.ts';

/** Third-party clients that publish. */
export type PublisherName = 'Chromium' | 'Firefox' | 'GStreamer' | 'aiortc' | 'libdatachannel';
/** Third-party clients that play. */
export type PlayerName = PublisherName;

/** All that can decode VP8 and Opus. */
export const allPlayers: readonly PlayerName[] = [
  'Chromium',
  'Firefox',
  'GStreamer',
  'aiortc',
  'libdatachannel',
];

/** All that can decode H264 too: Firefox would have to download a plug-in for it. */
export const h264Players = allPlayers.filter((name) => name !== 'Firefox');

const pythonPeers = { GStreamer: 'gst', aiortc: 'aiortc' } as const;

/** Third-party clients of one server. What they begin ends with the test. */
export class TestClients {
  readonly #server: TestServer;
  readonly #browser: TestBrowser;
  readonly #firefox: TestFirefox;

  constructor(server: TestServer, browser: TestBrowser, firefox: TestFirefox) {
    this.#server = server;
    this.#browser = browser;
    this.#firefox = firefox;
  }

  /** Plays a room by WHEP; resolves when the server has answered. */
  async play(name: PlayerName, room: string, options?: LibDataChannelOptions): Promise<Player> {
    const url = `${this.#server.url}/whep/${room}`;
    if (name === 'libdatachannel') return LibDataChannelPlayer.play(url, options);
    if (name === 'GStreamer' || name === 'aiortc') return PythonPeer.play(pythonPeers[name], url);
    return this.playInBrowser(name, room);
  }

  async playInBrowser(name: 'Chromium' | 'Firefox', room: string): Promise<BrowserPeer> {
    return BrowserPeer.play(await this.#open(name), `${this.#server.url}/whep/${room}`);
  }

  /** Publishes to a room by WHIP, 320x180 unless a browser is told otherwise; resolves when the server has answered. */
  async publish(
    name: PublisherName,
    room: string,
    codec: 'VP8' | 'H264',
    more: Pick<PublishOptions, 'size' | 'layers'> = {},
  ): Promise<Publisher> {
    const { url: origin, token } = this.#server;
    const url = `${origin}/whip/${room}`;
    if (name === 'libdatachannel') {
      if (codec !== 'H264') throw new Error('libdatachannel publishes H264 here');
      return EncoderPeer.publish(url, token);
    }
    if (name === 'GStreamer' || name === 'aiortc') {
      return PythonPeer.publish(pythonPeers[name], url, token, codec);
    }
    return BrowserPeer.publish(await this.#open(name), { url, token, codec, ...more });
  }

  async #open(name: 'Chromium' | 'Firefox'): Promise<ScriptablePage> {
    // An empty answer of the server's origin, so that no page of its own is at work beside.
    const url = `${this.#server.url}/livez`;
    if (name === 'Firefox') return this.#firefox.open(url);
    const page = await (await this.#browser.newContext()).newPage();
    await page.goto(url);
    return page;
  }
}

/** Third-party clients for all tests of a file. */
export function useClients(server: TestServer): TestClients {
  return new TestClients(server, useBrowser({ camera: true }), useFirefox());
}
