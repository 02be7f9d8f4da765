import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RoomInfo } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer();
// As people have it: no sound before a gesture.
const browser = useBrowser({ sound: false });

test('the demo room shows the test pattern, and offers its sound', async () => {
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/demo`);
  // Looking into a page counts as a gesture. The player has tried to start with sound before it asks for media.
  await player.whenAnswered('play');
  await player.page.getByRole('button', { name: 'Tap for sound' }).click();
  await waitFor('the player to be unmuted', () =>
    player.page.locator('spillway-player video').evaluate((video: HTMLVideoElement) => !video.muted),
  );
  await player.whenPatternRuns();
  await player.whenSounding();
  expect(await player.state()).toBe('live');
  expect(await player.size()).toEqual({ width: 1280, height: 720 });
  const rate = await player.frameRate();
  expect(rate).toBeGreaterThan(15);
  expect(rate).toBeLessThan(40);
  expect(await player.videoCodec()).toBe('H264');
});

test('a join takes two requests', async () => {
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/demo`);
  await player.whenPatternRuns();
  const sent = player.frames.filter(({ from }) => from === 'page').map(({ message }) => message);
  expect(sent.map(({ request, method }) => [request, method])).toEqual([
    [true, 'watch'],
    [true, 'play'],
  ]);
  const answers = player.frames.filter(({ from }) => from === 'server').map(({ message }) => message);
  expect(answers.map(({ response, ok }) => [response, ok])).toEqual([
    [true, true],
    [true, true],
  ]);
});

test('a viewer counts until the page is closed', async () => {
  const viewers = async () => (await server.api<RoomInfo>('GET', '/rooms/demo')).body.viewers;
  await waitFor('no viewers', async () => (await viewers()) === 0);
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/demo`);
  await player.whenState('live');
  expect(await viewers()).toBe(1);
  await player.page.close();
  await waitFor('no viewers', async () => (await viewers()) === 0);
});

test('a paused viewer receives nothing, and goes on with what is live then', async () => {
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/demo`);
  await player.whenPatternRuns();
  const received = async () => (await player.inbound()).reduce((sum, { bytes }) => sum + bytes, 0);
  await player.page.getByRole('button', { name: 'Pause' }).click();
  await player.whenAnswered('pause');
  await waitFor('the media to stop', async () => {
    const before = await received();
    // Fifteen packets of audio alone.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return (await received()) === before;
  });
  const resumed = Date.now();
  await player.page.getByRole('button', { name: 'Play' }).click();
  await player.whenPatternFrom(resumed);
  expect(player.requests('watch')).toBe(1);
});

test('the home page leads to the room', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  await page.getByRole('link', { name: 'demo' }).first().click();
  await page.waitForURL(`${server.url}/watch/demo`);
});

test('a page of another origin plays the room with one script tag', async () => {
  const html = `<!doctype html><script src="${server.url}/player.js"></script>
    <spillway-player src="${server.url}/watch/demo"></spillway-player>`;
  const site = createServer((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end(html),
  );
  onTestFinished(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const player = await PlayerPage.open(await browser.newContext(), `http://127.0.0.1:${port}/`);
  await player.whenPatternRuns();
  expect(await player.state()).toBe('live');
});
