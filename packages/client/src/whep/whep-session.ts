import { HttpSession, type HttpSessionOptions } from '../http-session/http-session.ts';
import { extensionOf } from '../http-session/link-header.ts';
import { preferLowDelay } from '../low-delay.ts';
import type { WhepLayer } from './event-data.ts';
import { EventStream } from './event-stream.ts';
import { WhepMedium } from './whep-medium.ts';

export interface WhepSessionOptions extends Omit<HttpSessionOptions, 'prepare'> {
  /** A medium has begun to flow, and wants a place. */
  media: (medium: WhepMedium) => void;
  /** An event of the server (server-sent events extension). */
  event: (name: string, data: string) => void;
}

/** One session of a viewer by WHEP, from a request to the next. */
export class WhepSession {
  readonly #options: WhepSessionOptions;
  readonly #http: HttpSession;
  readonly #media = new Set<WhepMedium>();
  /** Receivers whose first packet has not come. */
  readonly #waiting = new Set<RTCRtpReceiver>();
  #events: EventStream | undefined;
  #layerUrl: URL | undefined;
  #left = false;

  constructor(options: WhepSessionOptions) {
    this.#options = options;
    this.#http = new HttpSession({
      ...options,
      prepare: (peer) => {
        peer.addTransceiver('audio', { direction: 'recvonly' });
        peer.addTransceiver('video', { direction: 'recvonly' });
      },
    });
  }

  /** True when none of its media is in use. */
  get idle(): boolean {
    return [...this.#media].every((medium) => medium.closed);
  }

  /** @throws as `HttpSession.open()` */
  async open(): Promise<void> {
    await this.#http.open();
    if (this.#left) return;
    this.takeMedia();
    const { links, base } = this.#http;
    const request = (url: URL, init: RequestInit) => this.#http.request(url, init);
    const events = extensionOf(links, 'server-sent-events', base);
    if (events) this.#events = new EventStream({ ...events, request, handle: this.#options.event });
    this.#layerUrl = extensionOf(links, 'layer', base)?.url;
  }

  /** Gives a place to all media that flow, and later to those that begin to. */
  takeMedia(): void {
    const { peer } = this.#http;
    for (const { receiver, currentDirection } of peer.getTransceivers()) {
      if (currentDirection !== 'recvonly' && currentDirection !== 'sendrecv') continue;
      preferLowDelay(receiver);
      const take = () => {
        this.#waiting.delete(receiver);
        if (this.#left) return;
        const medium = new WhepMedium(receiver);
        this.#media.add(medium);
        this.#options.media(medium);
      };
      if (this.#waiting.has(receiver)) continue;
      // A track is muted until its first packet: the answer may have more media than the broadcast.
      if (receiver.track.muted) {
        this.#waiting.add(receiver);
        receiver.track.addEventListener('unmute', take, { once: true });
      } else take();
    }
  }

  /**
   * Asks for a layer, or leaves it to the server. Does nothing where the server has no layer selection.
   *
   * @throws Error when the server refuses or does not answer
   */
  async selectLayer(selection: WhepLayer['selection'] | { mediaId: string }): Promise<void> {
    if (!this.#layerUrl) return;
    const response = await this.#http.request(this.#layerUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(selection),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status} to the choice of a layer`);
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#http.peer.getStats();
  }

  /** Ends it on the server; its last frame stays. Idempotent. */
  leave(): void {
    this.#left = true;
    this.#events?.close();
    void this.#http.leave();
  }

  /** Ends it. Idempotent. */
  close(): void {
    this.leave();
    void this.#http.close();
  }
}
