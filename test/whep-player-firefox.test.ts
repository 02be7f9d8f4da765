import { expect, test } from 'vitest';
import { useFirefox } from './support/peers/firefox.ts';
import { useServer } from './support/server.ts';
import { servePage } from './support/site.ts';
import { waitFor } from './support/wait-for.ts';

// Debian's Firefox decodes H264 with a plug-in only that it would have to download.
const source = { type: 'test', width: 320, height: 180, frameRate: 15, codec: 'VP8' } as const;
const server = useServer({ config: { demo: { enabled: false }, rooms: [{ name: 'vp8', source }] } });
const firefox = useFirefox();

test('Firefox plays by WHEP, keeps the picture of a pause, and goes on after it', async () => {
  const page = await firefox.open(
    await servePage(
      `<script src="${server.url}/player.js"></script><spillway-player whep="${server.url}/whep/vp8"></spillway-player>`,
    ),
  );
  /** The picture that shows, as a number; undefined before the first. */
  const picture = () =>
    page.evaluate(() => {
      const video = document.querySelector('spillway-player')?.shadowRoot?.querySelector('video');
      if (!video?.videoWidth) return undefined;
      const context = Object.assign(document.createElement('canvas'), { width: 320, height: 180 }).getContext(
        '2d',
      );
      context?.drawImage(video, 0, 0, 320, 180);
      return context?.getImageData(0, 0, 320, 180).data.reduce((sum, value) => (sum * 31 + value) >>> 0, 0);
    });
  const whenMoving = async () => {
    for (let changes = 0; changes < 3; changes += 1) {
      const before = await waitFor('a picture', picture);
      await waitFor('the picture to change', async () => (await picture()) !== before, 20_000, state);
    }
  };
  const state = () =>
    page.evaluate(() => document.querySelector('spillway-player')?.getAttribute('state') ?? undefined);
  const call = (name: 'play' | 'pause') =>
    page.evaluate((method) => {
      const player = document.querySelector('spillway-player');
      if (player) Reflect.apply(Reflect.get(player, method), player, []);
    }, name);
  const viewers = async () => (await server.api<{ viewers: number }>('GET', '/rooms/vp8')).body.viewers;

  await waitFor('it to be live', async () => (await state()) === 'live');
  await whenMoving();
  await call('pause');
  await waitFor('the session to end', async () => (await viewers()) === 0);
  expect(await picture(), 'picture of the pause').toBeDefined();
  await call('play');
  await waitFor('another session', async () => (await viewers()) === 1);
  await whenMoving();
});
