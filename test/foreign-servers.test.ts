import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { ForeignServer } from './support/foreign-server.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { servePage } from './support/site.ts';
import { StudioPage } from './support/studio-page.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ config: { demo: { enabled: false } } });
const browser = useBrowser({ camera: true });

async function openPlayer(whep: string, token = ''): Promise<PlayerPage> {
  const html = `<script src="${server.url}/player.js"></script><spillway-player whep="${whep}" token="${token}"></spillway-player>`;
  return PlayerPage.open(await browser.newContext(), await servePage(html));
}

test('the player plays from a server with the least of WHEP, behind a redirect and a token', async () => {
  const foreign = await ForeignServer.start(await browser.newContext());
  foreign.token = 'secret';
  const player = await openPlayer(`${foreign.url}/moved/play`, 'secret');
  await player.whenState('live');
  await player.whenMoving();
  await player.whenSounding();
  await waitFor('the candidates to be refused', () => foreign.count('PATCH') > 0);
  expect(foreign.requests.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
  await player.page.locator('spillway-player').evaluate((element) => element.remove());
  await waitFor('the session to be ended', () => foreign.count('DELETE') === 1);
  expect(foreign.requests.at(-1)?.path).toBe('/sessions/1');
  expect(foreign.count('PATCH'), 'requests that the server does not know').toBe(1);
});

test('it waits for a stream that is not there, and comes back when the server ends its session', async () => {
  const foreign = await ForeignServer.start(await browser.newContext());
  foreign.live = false;
  const player = await openPlayer(`${foreign.url}/play`);
  await player.whenState('offline');
  foreign.live = true;
  await player.whenState('live');
  await player.whenMoving();
  foreign.live = false;
  await foreign.dropAll();
  await player.whenState('offline');
  foreign.live = true;
  await player.whenState('live');
  await player.whenMoving();
});

test('it answers a counter-offer', async () => {
  const foreign = await ForeignServer.start(await browser.newContext());
  const player = await openPlayer(`${foreign.url}/counter`);
  await player.whenState('live');
  await player.whenMoving();
  expect(foreign.requests.map(({ method, path, type }) => [method, path, type]).slice(0, 2)).toEqual([
    ['POST', '/counter', 'application/sdp'],
    ['PATCH', '/sessions/1', 'application/sdp'],
  ]);
});

test('it says why a server refuses', async () => {
  const foreign = await ForeignServer.start(await browser.newContext());
  foreign.token = 'secret';
  const player = await openPlayer(`${foreign.url}/play`, 'wrong');
  await player.whenState('ended');
  await player.page.getByText('who are you').waitFor();
  expect(foreign.count('POST')).toBe(1);
});

test('the studio sends the whole picture to a server that takes no layers', async () => {
  const foreign = await ForeignServer.start(await browser.newContext());
  const studio = await StudioPage.open(await browser.newContext(), server, { room: 'unused' });
  await studio.chooseServer({ url: `${foreign.url}/publish`, token: '' });
  await studio.page.getByTestId('whip-layers').check();
  await studio.goLive();
  const sent = await studio.page
    .getByTestId('preview')
    .evaluate((video: HTMLVideoElement) => video.videoHeight);
  await waitFor(
    'the whole picture',
    async () => (await foreign.received())?.height === Math.min(sent, 480),
    30_000,
    () => foreign.received(),
  );
  const before = (await foreign.received())?.frames ?? 0;
  await waitFor('more frames', async () => ((await foreign.received())?.frames ?? 0) > before);
  await studio.end();
  expect(foreign.count('DELETE')).toBe(1);
});

test('the studio comes back to a server that drops it', async () => {
  const foreign = await ForeignServer.start(await browser.newContext());
  const studio = await StudioPage.open(await browser.newContext(), server, { room: 'unused' });
  await studio.chooseServer({ url: `${foreign.url}/publish`, token: '' });
  await studio.goLive();
  await waitFor('frames', async () => (await foreign.received()) !== undefined);
  foreign.live = false;
  await foreign.dropAll();
  await studio.page.locator('[data-testid=state][data-state=reconnecting]').waitFor();
  await waitFor('an attempt that fails', () => foreign.count('POST') > 1);
  foreign.live = true;
  await studio.whenLive();
  await waitFor('frames again', async () => (await foreign.received()) !== undefined);
});
