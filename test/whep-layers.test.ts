import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { clipCodecs, makeClip } from './support/clips.ts';
import { keepMeasurement, stopwatch } from './support/measurements.ts';
import { BrowserPeer } from './support/peers/browser-peer.ts';
import { whenPlayerPlays } from './support/peers/player.ts';
import { useServer } from './support/server.ts';
import { ShapedPath } from './support/shaped-path.ts';
import { SourceRoom } from './support/source-room.ts';

const server = useServer({ config: { demo: { enabled: false } } });
const browser = useBrowser();

test('a plain WHEP player gets a smaller picture where the network is narrow, and the large one when it is wide again', async () => {
  await makeClip(server, {
    path: 'layers.mp4',
    seconds: 6,
    size: '640x360',
    codecs: [
      ...clipCodecs.h264Aac,
      ...'-b:v 1200k -minrate 1200k -maxrate 1200k -bufsize 600k -nal-hrd cbr'.split(' '),
    ],
  });
  const room = await SourceRoom.play(server, 'shaped', {
    type: 'file',
    file: 'layers.mp4',
    layers: ['180p'],
  });
  await room.whenState('live');
  const path = new ShapedPath();
  const page = await (await browser.newContext()).newPage();
  const endpoint = `${server.url}/whep/${room.name}`;
  await page.route(endpoint, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: await path.through(await response.text()) });
  });
  await page.goto(server.url);
  const player = await BrowserPeer.play(page, endpoint);
  await whenPlayerPlays(player, { size: [640, 360] });

  path.rate = 500_000;
  let since = stopwatch();
  await whenPlayerPlays(player, { size: [320, 180], sound: false });
  keepMeasurement('narrow path: smaller picture', since(), 'ms');
  path.rate = Number.POSITIVE_INFINITY;
  since = stopwatch();
  await whenPlayerPlays(player, { size: [640, 360] });
  keepMeasurement('wide path: large picture', since(), 'ms');
  expect(await player.end()).toBe(200);
}, 150_000);
