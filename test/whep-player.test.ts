import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { clipCodecs, makeClip } from './support/clips.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { ShapedPath } from './support/shaped-path.ts';
import { servePage } from './support/site.ts';
import { SourceRoom, whenSize } from './support/source-room.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ sources: { allowLocalAddresses: true } });
const browser = useBrowser();

/** A request of a page to WHEP. */
interface Sent {
  readonly method: string;
  readonly path: string;
}

/** A page of another origin with a player that plays by WHEP, and what it asks the server for. */
async function openPlayer(
  room: string,
  prepare: (context: BrowserContext) => Promise<unknown> = async () => {},
): Promise<{ player: PlayerPage; sent: Sent[] }> {
  const url = await servePage(
    `<script src="${server.url}/player.js"></script><spillway-player whep="${server.url}/whep/${room}"></spillway-player>`,
  );
  const context = await browser.newContext();
  await prepare(context);
  const sent: Sent[] = [];
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/whep/')) sent.push({ method: request.method(), path: pathname });
  });
  return { player: await PlayerPage.open(context, url), sent };
}

/** Asks the player's element. */
function ask<T>(player: PlayerPage, name: string): Promise<T> {
  return player.page.locator('spillway-player').evaluate((element, key) => Reflect.get(element, key), name);
}

function call(player: PlayerPage, name: string, ...values: unknown[]): Promise<unknown> {
  return player.page
    .locator('spillway-player')
    .evaluate((element, [key, given]) => Reflect.apply(Reflect.get(element, key), element, given), [
      name,
      values,
    ] as const);
}

test('the element plays by WHEP on a page of another origin, and ends its session when it goes', async () => {
  const { player, sent } = await openPlayer('demo');
  await player.whenState('live');
  await player.whenPatternRuns();
  await player.whenSounding();
  expect(await player.videoCodec()).toBeTruthy();
  expect(sent[0]).toEqual({ method: 'POST', path: '/whep/demo' });
  expect(sent.filter(({ method, path }) => method === 'POST' && path === '/whep/demo')).toHaveLength(1);
  await waitFor('the candidates to be sent', () => sent.some(({ method }) => method === 'PATCH'));
  const viewers = async () => (await server.api<{ viewers: number }>('GET', '/rooms/demo')).body.viewers;
  expect(await viewers()).toBe(1);
  await player.page.goto('about:blank');
  await waitFor('the session to be gone', async () => (await viewers()) === 0);
});

test('pause ends the session and keeps the picture; play begins another', async () => {
  const { player, sent } = await openPlayer('demo');
  await player.whenPatternRuns();
  await call(player, 'pause');
  await waitFor('the session to end', () => sent.some(({ method }) => method === 'DELETE'));
  expect(await player.picture(), 'picture of the pause').toBeDefined();
  const resumed = Date.now();
  await call(player, 'play');
  await player.whenPatternFrom(resumed);
  expect(await player.state()).toBe('live');
});

test('it waits for a source, follows its restarts in one session, and says when nothing is live', async () => {
  const room = await SourceRoom.create(server, 'restarted');
  const { player, sent } = await openPlayer('restarted');
  await player.whenState('offline');
  const config = { type: 'test', width: 320, height: 180, frameRate: 15 } as const;
  await room.set(config);
  await player.whenState('live', 45_000);
  await player.whenPatternRuns();
  const before = sent.filter(({ method, path }) => method === 'POST' && path === '/whep/restarted').length;
  await room.stop();
  await player.whenState('offline');
  await room.start();
  await player.whenState('live', 45_000);
  await player.whenPatternRuns(45_000);
  const after = sent.filter(({ method, path }) => method === 'POST' && path === '/whep/restarted').length;
  expect(after, 'sessions').toBe(before);
}, 150_000);

test('the layer menu chooses among the layers of the source', async () => {
  await makeClip(server, { path: 'layers.mp4', size: '640x360', seconds: 4, codecs: clipCodecs.h264Aac });
  const room = await SourceRoom.play(server, 'layered', {
    type: 'file',
    file: 'layers.mp4',
    layers: ['180p'],
  });
  await room.whenState('live');
  const { player } = await openPlayer('layered');
  await player.whenState('live');
  await player.whenMoving();
  await waitFor('the layers', async () => (await ask<unknown[]>(player, 'layers')).length === 2);
  const menu = player.page.getByLabel('Quality');
  await menu.selectOption('180p');
  await whenSize(player, 320, 180);
  await player.whenMoving();
  await menu.selectOption('360p');
  await whenSize(player, 640, 360);
  await player.whenMoving();
}, 150_000);

test('a broken path is mended by an ICE restart in the same session', async () => {
  const paths = { first: new ShapedPath(), second: new ShapedPath() };
  const { player, sent } = await openPlayer('demo', (context) =>
    context.route('**/whep/demo**', async (route) => {
      const { method, ifMatch } = {
        method: route.request().method(),
        ifMatch: route.request().headers()['if-match'],
      };
      const path = method === 'POST' ? paths.first : ifMatch === '*' ? paths.second : undefined;
      if (!path || route.request().url().endsWith('/sse')) return route.continue();
      const response = await route.fetch();
      await route.fulfill({ response, body: await path.through(await response.text()) });
    }),
  );
  await player.whenPatternRuns();
  paths.first.rate = 1;
  await player.whenState('reconnecting', 30_000);
  await player.whenState('live', 30_000);
  await player.whenPatternFrom(Date.now());
  expect(sent.filter(({ method }) => method === 'POST' || method === 'DELETE')).toEqual([
    { method: 'POST', path: '/whep/demo' },
    { method: 'POST', path: expect.stringMatching(/sse$/) },
  ]);
}, 90_000);

test('a server that restarts is found again', async () => {
  const { player } = await openPlayer('demo');
  await player.whenPatternRuns();
  await server.kill();
  await player.whenState('reconnecting', 30_000);
  await server.start();
  await player.whenState('live', 60_000);
  await player.whenPatternRuns(45_000);
}, 150_000);
