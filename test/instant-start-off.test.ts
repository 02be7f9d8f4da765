import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { DeafEncoder } from './support/deaf-encoder.ts';
import { earlyInGroup, startOf } from './support/instant-start.ts';
import { useServer } from './support/server.ts';
import { SideBySide } from './support/side-by-side.ts';
import { whenRoomIsLive } from './support/whep-room.ts';

const server = useServer({
  config: { demo: { enabled: false }, media: { instantStart: { seconds: 0 }, segmentedSends: false } },
});
const browser = useBrowser();

test('with the features off, who joins asks for a key frame, and begins with the next one', async () => {
  const room = 'stage';
  const encoder = await DeafEncoder.publish(`${server.url}/whip/${room}`, server.token, 'H264');
  await whenRoomIsLive(server, room);
  const page = await SideBySide.open(await browser.newContext(), server.url);
  await page.add('old', { server: server.url, room });
  const before = encoder.requests;
  const moment = await page.addWhen(earlyInGroup, 'new', { server: server.url, room });
  await page.whenPlayed('new', 1);
  const start = await startOf(page, 'new', moment);
  expect(start.keyFramesAwaited).toBeGreaterThanOrEqual(1);
  expect(start.placeInGroup, 'frames after the key frame').toBeLessThan(10);
  expect(start.behind, 'frames behind the old viewer at first').toBeLessThanOrEqual(2);
  expect(encoder.requests, 'requests for a key frame').toBeGreaterThan(before);
});
