import type { ViewerInfo } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';

const server = useServer({ config: { ...patternOnly, media: { udp: false } } });
const browser = useBrowser();

test('media goes by TCP where UDP does not get through', async () => {
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/${patternRoom.name}`);
  await player.whenPatternRuns();
  const { body } = await server.api<{ viewers: ViewerInfo[] }>('GET', `/rooms/${patternRoom.name}/viewers`);
  expect(body.viewers).toMatchObject([{ path: 'tcp', playing: true }]);
});
