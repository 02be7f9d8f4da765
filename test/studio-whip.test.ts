import type { RoomInfo } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { StudioPage } from './support/studio-page.ts';
import { waitFor } from './support/wait-for.ts';

const config = { demo: { enabled: false } };
const here = useServer({ config });
const there = useServer({ config });
const browser = useBrowser({ camera: true });

/** A studio of one server that is to broadcast to a room of the other. */
async function openStudio(room: string, token: string = there.token): Promise<StudioPage> {
  const studio = await StudioPage.open(await browser.newContext(), here, { room: 'unused' });
  await studio.chooseServer({ url: `${there.url}/whip/${room}`, token });
  return studio;
}

async function openViewer(room: string): Promise<PlayerPage> {
  return PlayerPage.open(await browser.newContext(), `${there.url}/watch/${room}`);
}

async function broadcastOf(room: string) {
  return (await there.api<RoomInfo>('GET', `/rooms/${room}`)).body.broadcast;
}

test('a studio broadcasts to another server by WHIP, and viewers there see and hear it', async () => {
  const studio = await openStudio('guest');
  await studio.goLive();
  await studio.page.getByTestId('whip-name').waitFor();
  const player = await openViewer('guest');
  await player.whenState('live');
  await player.whenMoving();
  await player.whenSounding();
  expect(await broadcastOf('guest')).toMatchObject({ broadcaster: 'whip', videoCodec: 'H264' });
  await studio.page.locator('[data-testid=stat-bitrate][data-value]').waitFor();
  await studio.page.locator('[data-testid=stat-codec][data-value=H264]').waitFor();
  await studio.end();
  await player.whenState('offline');
});

test('the codec changes under a viewer, and a reloaded page does not forget where it broadcasts to', async () => {
  const studio = await openStudio('changed');
  await studio.chooseCodec('VP8');
  await studio.goLive();
  const player = await openViewer('changed');
  await player.whenMoving();
  expect(await player.videoCodec()).toBe('VP8');
  await studio.chooseCodec('VP9');
  await waitFor('video in VP9', async () => (await player.videoCodec()) === 'VP9');
  await player.whenMoving();
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
  await studio.page.reload();
  await player.whenState('offline');
  expect(await studio.page.getByTestId('whip-url').inputValue()).toBe(`${there.url}/whip/changed`);
  await studio.goLive();
  await player.whenState('live');
  await player.whenMoving();
});

test('layers go to a server that takes them', async () => {
  const studio = await openStudio('layers');
  await studio.page.getByTestId('whip-layers').check();
  await studio.goLive();
  const player = await openViewer('layers');
  await player.whenState('live');
  await player.whenMoving();
  await waitFor('two layers to choose from', () =>
    player.page
      .locator('spillway-player')
      .evaluate(
        (element) => 'layers' in element && Array.isArray(element.layers) && element.layers.length === 2,
      ),
  );
});

test('a wrong token, a busy room and a server that is not there are told', async () => {
  const studio = await openStudio('refused', 'wrong');
  const failure = async (code: string) => {
    await studio.page.getByTestId('go-live').click();
    await studio.page.locator(`[data-testid=failure][data-notice=${code}]`).waitFor();
  };
  await failure('whip-unauthorized');
  // The sign-in on this server is another matter.
  await studio.page.getByTestId('sign-out').waitFor();
  await studio.chooseServer({ url: 'http://127.0.0.1:9/whip/refused', token: '' });
  await failure('whip-unreachable');
  await studio.chooseServer({ url: 'rtmp://host/live', token: '' });
  await studio.page.getByTestId('go-live').click();
  await studio.page.locator('[data-fault=whipUrlInvalid]').waitFor();
  expect(await studio.page.locator(':focus').getAttribute('data-testid')).toBe('whip-url');
  const other = await StudioPage.open(await browser.newContext(), there, { room: 'refused' });
  await other.goLive();
  await studio.chooseServer({ url: `${there.url}/whip/refused`, token: there.token });
  await failure('whip-busy');
});
