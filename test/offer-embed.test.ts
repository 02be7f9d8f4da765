import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { embedderPage } from './support/embedder-page.ts';
import { patternRoom } from './support/pattern-room.ts';
import { contrast, difference, type Picture } from './support/picture.ts';
import { type TestServer, useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { viewersOf, whenRoomIsLive } from './support/whep-room.ts';

/** Serves the embedder's page. */
const site = createServer((_request, response) =>
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(embedderPage),
).listen(0, '127.0.0.1');
await once(site, 'listening');
const { port } = site.address() as AddressInfo;
afterAll(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
});

/** The origin whose pages the stricter server lets in, and another one. */
const ALLOWED = `http://localhost:${port}`;
const OTHER = `http://127.0.0.1:${port}`;

const larger = { ...patternRoom, name: 'larger', source: { ...patternRoom.source, width: 640, height: 360 } };
const rooms = [{ ...patternRoom, name: 'demo' }, larger, { name: 'silent' }];
const server = useServer({ config: { rooms } });
const strict = useServer({ config: { rooms, http: { corsOrigins: [ALLOWED] } } });
// As people have it: the click is what lets the picture play.
const browser = useBrowser({ sound: false });

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-embed-'));
  for (const each of [server, strict]) {
    for (const room of ['demo', 'larger']) await whenRoomIsLive(each, room);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The embedder's page from a file; `query` is what its author has added to the URL of offers. */
async function openFile(query = ''): Promise<Page> {
  const file = join(folder, `page${query.replaceAll(/\W/g, '-')}.html`);
  await writeFile(
    file,
    embedderPage.replaceAll("+ '/offer'", () => `+ '/offer${query}'`),
  );
  const opened = await (await browser.newContext()).newPage();
  await opened.goto(pathToFileURL(file).href);
  expect(await opened.evaluate(() => globalThis.origin)).toBe('null');
  return opened;
}

/** The embedder's page from a site. */
async function openSite(origin: string): Promise<Page> {
  const opened = await (await browser.newContext()).newPage();
  await opened.goto(origin);
  return opened;
}

async function start(page: Page, on: TestServer): Promise<void> {
  await page.locator('#serverUrl').fill(on.url);
  await page.getByRole('button', { name: '开始流媒体' }).click();
}

/** What the page shows and has decoded. */
async function look(page: Page): Promise<{ picture: Picture; width: number; frames: number } | undefined> {
  const size = { width: 160, height: 90 };
  const seen = await page.locator('#video').evaluate((video: HTMLVideoElement, { width, height }) => {
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context?.drawImage(video, 0, 0, width, height);
    const data = context?.getImageData(0, 0, width, height).data;
    const { totalVideoFrames: frames } = video.getVideoPlaybackQuality();
    return data && { pixels: new Uint8Array(data.buffer).toBase64(), width: video.videoWidth, frames };
  }, size);
  if (!seen || seen.width === 0) return undefined;
  return { ...seen, picture: { ...size, data: Buffer.from(seen.pixels, 'base64') } };
}

async function whenPlaying(page: Page, width: number): Promise<void> {
  const status = () => page.locator('#status').textContent();
  const first = await waitFor('a picture', () => look(page), 20_000, status);
  await waitFor('the picture to move', async () => {
    const now = await look(page);
    if (!now || now.frames - first.frames < 10 || contrast(now.picture) < 6) return false;
    return now.width === width && difference(first.picture, now.picture) > 0.001;
  });
  // Connected, or waiting to be: the page itself says what came last.
  expect(await status()).toMatch(/已连接|等待连接/);
}

test.each([
  ['', 'demo', 320],
  ['?room=larger', 'larger', 640],
])('a page from a file plays /offer%s', async (query, room, width) => {
  const page = await openFile(query);
  await start(page, server);
  await whenPlaying(page, width);
  expect(await viewersOf(server, room)).toMatchObject([{ by: 'offer', playing: true, path: 'udp' }]);
  await page.getByRole('button', { name: '停止流媒体' }).click();
  await waitFor('the viewer to be gone', async () => (await viewersOf(server, room)).length === 0);
});

test('a page from a file plays on after a reload, and in a second tab beside', async () => {
  const [page, second] = [await openFile(), await openFile()];
  for (const each of [page, second]) await start(each, server);
  await page.reload();
  await start(page, server);
  for (const each of [page, second]) await whenPlaying(each, 320);
  for (const each of [page, second]) await each.getByRole('button', { name: '停止流媒体' }).click();
});

test.each([
  ['?room=none', 404, /none/],
  ['?room=silent', 409, /nothing is live/],
  ['?room=No', 400, /room/],
])('a page from a file can read why /offer%s fails', async (query, status, reason) => {
  const page = await openFile(query);
  await start(page, server);
  await page.locator('#status', { hasText: '流已停止' }).waitFor();
  const refused = await page.evaluate(async (url) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('video', { direction: 'recvonly' });
    await peer.setLocalDescription();
    const headers = { 'Content-Type': 'application/sdp' };
    const response = await fetch(url, { method: 'POST', headers, body: peer.localDescription?.sdp ?? '' });
    peer.close();
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, json: await response.json(), retryAfter };
  }, `${server.url}/offer${query}`);
  expect(refused).toEqual({
    status,
    json: { error: expect.stringMatching(reason) },
    retryAfter: status === 409 ? '2' : null,
  });
});

test('only pages of the origins that the operator names may play', async () => {
  const allowed = await openSite(ALLOWED);
  await start(allowed, strict);
  await whenPlaying(allowed, 320);
  for (const page of [await openSite(OTHER), await openFile()]) {
    const failure = page.waitForEvent('console', (message) => /blocked by CORS policy/.test(message.text()));
    await start(page, strict);
    await failure;
    await page.locator('#status', { hasText: '流已停止' }).waitFor();
  }
  expect(await viewersOf(strict, 'demo')).toHaveLength(1);
});
