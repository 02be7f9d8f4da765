import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** A request as it came. */
export interface ForeignRequest {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly authorization: string;
}

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'POST, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'authorization, content-type, if-match',
  'Access-Control-Expose-Headers': 'location, retry-after',
};

/**
 * A server of WHIP and WHEP that is none of this project's: the least that the standards ask for, with full ICE, without
 * trickle, ETags, links and simulcast. Its media end is a page with a camera. Ends with the test.
 *
 * `/play` is a WHEP endpoint, `/counter` one that makes offers of its own, `/publish` a WHIP endpoint; before each,
 * `/moved` leads there by 307.
 */
export class ForeignServer {
  readonly requests: ForeignRequest[] = [];
  /** Whether there is something to play. */
  live = true;
  /** The token that is asked for. */
  token: string | undefined;
  #url = '';
  #page: Page | undefined;
  #sessions = 0;

  /** @param context of a browser with a camera */
  static async start(context: BrowserContext): Promise<ForeignServer> {
    const server = new ForeignServer();
    const http = createServer((request, response) => {
      server.#handle(request, response).catch((error: Error) => {
        response.writeHead(500, { ...CORS, 'Content-Type': 'text/plain' }).end(error.message);
      });
    });
    onTestFinished(async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    server.#url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    server.#page = await context.newPage();
    await server.#page.goto(server.#url);
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** Requests with a method. */
  count(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  /** Size of the picture that the last publisher sends; undefined before its first frame. */
  received(): Promise<{ width: number; height: number; frames: number } | undefined> {
    return this.#media.evaluate(async () => {
      const peers: RTCPeerConnection[] = Reflect.get(globalThis, 'testPeers');
      const report = await peers.at(-1)?.getStats();
      const entries = [...(report?.values() ?? [])];
      const video = entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
      return video?.framesDecoded
        ? { width: video.frameWidth, height: video.frameHeight, frames: video.framesDecoded }
        : undefined;
    });
  }

  /** Ends all sessions without a word by HTTP. */
  async dropAll(): Promise<void> {
    await this.#media.evaluate(() => {
      const peers: RTCPeerConnection[] = Reflect.get(globalThis, 'testPeers');
      for (const peer of peers) peer.close();
    });
  }

  get #media(): Page {
    if (!this.#page) throw new Error('the foreign server was not started');
    return this.#page;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    if (method === 'GET') return void response.setHeader('Content-Type', 'text/html').end('<!doctype html>');
    if (method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    const { authorization = '', 'content-type': type = '' } = headers;
    this.requests.push({ method, path: url, type, authorization });
    const body = await text(request);
    const answer = (status: number, more: Record<string, string> = {}, said = '') =>
      void response.writeHead(status, { ...CORS, ...more }).end(said);
    if (url.startsWith('/moved')) return answer(307, { Location: url.slice('/moved'.length) });
    if (this.token && authorization !== `Bearer ${this.token}`) {
      return answer(401, { 'Content-Type': 'application/json' }, '{"error":"who are you"}');
    }
    if (method === 'DELETE') return answer(200);
    if (method === 'PATCH') {
      if (type !== 'application/sdp') return answer(405);
      await this.#media.evaluate(async (sdp) => {
        const peers: RTCPeerConnection[] = Reflect.get(globalThis, 'testPeers');
        await peers.at(-1)?.setRemoteDescription({ type: 'answer', sdp });
      }, body);
      return answer(204);
    }
    if (!this.live) return answer(404, { 'Retry-After': '1' });
    this.#sessions += 1;
    const made = { Location: `sessions/${this.#sessions}`, 'Content-Type': 'application/sdp' };
    if (url === '/counter') return answer(406, made, await this.#describe(undefined, true));
    return answer(201, made, await this.#describe(body, url === '/play'));
  }

  /** An answer to an offer, or an offer, with all candidates. */
  #describe(offer: string | undefined, sends: boolean): Promise<string> {
    return this.#media.evaluate(
      async ({ offer, sends }) => {
        // A page that has a camera tells its real addresses.
        const camera = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
        const peer = new RTCPeerConnection();
        const gathered = new Promise((resolve) => {
          peer.addEventListener('icecandidate', ({ candidate }) => candidate ?? resolve(undefined));
        });
        if (offer !== undefined) await peer.setRemoteDescription({ type: 'offer', sdp: offer });
        if (sends) for (const track of camera.getTracks()) peer.addTrack(track, camera);
        await peer.setLocalDescription();
        await gathered;
        return peer.localDescription?.sdp ?? '';
      },
      { offer, sends },
    );
  }
}
