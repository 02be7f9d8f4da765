import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { countedRate } from './support/counted-push.ts';
import { CountingCanvas } from './support/counting-canvas.ts';
import { DeafEncoder } from './support/deaf-encoder.ts';
import { expectInstantJoin } from './support/instant-start.ts';
import { keepMeasurement } from './support/measurements.ts';
import { useServer } from './support/server.ts';
import { SideBySide } from './support/side-by-side.ts';
import { firstSound, pictureDelay, soundOffset } from './support/start-comparison.ts';
import { together } from './support/together.ts';
import { whenRoomIsLive } from './support/whep-room.ts';
import { hasGopCache, needsGopCache } from './support/worker-features.ts';

const server = useServer({ config: { demo: { enabled: false } } });
const browser = useBrowser();

/** For which sound is looked at. Seconds. */
const SOUND = 5;

/** Publishes into a room of the codec's name; gives how to count the requests for a key frame. */
async function publish(
  codec: 'H264' | 'VP8' | 'VP9' | 'AV1',
  room: string,
  context: () => Promise<BrowserContext>,
) {
  const url = `${server.url}/whip/${room}`;
  if (codec !== 'AV1') {
    const encoder = await DeafEncoder.publish(url, server.token, codec);
    return async () => encoder.requests;
  }
  const options = { url, token: server.token, codec, ...countedRate };
  const canvas = await CountingCanvas.publish(await context(), server.url, options);
  return () => canvas.requests();
}

async function expectInstantStart(codec: 'H264' | 'VP8' | 'VP9' | 'AV1'): Promise<void> {
  const room = codec.toLowerCase();
  const requests = await publish(codec, room, () => browser.newContext());
  await whenRoomIsLive(server, room);
  const page = await SideBySide.open(await browser.newContext(), server.url);
  await page.add('old', { server: server.url, room });
  await page.whenPlayed('old', 3);
  const before = await requests();
  const { player } = await expectInstantJoin(page, codec, 10, { server: server.url, room });
  const asked = (await requests()) - before;
  const [started, old] = await Promise.all([page.record(player), page.record('old')]);
  const offset = soundOffset(started, SOUND);
  const offsets = [soundOffset(old, SOUND), soundOffset(old, SOUND, firstSound(started.receptions))];
  const delays = [pictureDelay(started, 4), pictureDelay(old, 4)] as const;
  keepMeasurement(`${codec}: between picture and sound at first`, offset, 'ms');
  keepMeasurement(`${codec}: the same of the old viewer when it was new`, offsets[0] ?? 0, 'ms');
  keepMeasurement(`${codec}: the same of the old viewer at that time`, offsets[1] ?? 0, 'ms');
  keepMeasurement(`${codec}: jitter buffer`, delays[0], 'ms');
  keepMeasurement(`${codec}: jitter buffer of the old viewer`, delays[1], 'ms');
  expect(asked, `${codec}: requests for a key frame`).toBe(0);
  // Chromium aligns sound and picture in the course of seconds, for whoever joins, and later on a busy machine.
  expect(
    offset - Math.max(...offsets),
    `${codec}: sound further off than the old viewer's`,
  ).toBeLessThanOrEqual(40);
  expect(delays[0] - delays[1], `${codec}: added delay`).toBeLessThanOrEqual(30);
}

test.runIf(hasGopCache).each([
  { title: 'H264 and VP8', codecs: ['H264', 'VP8'] },
  { title: 'VP9, and AV1 of a browser that would answer requests,', codecs: ['VP9', 'AV1'] },
] as const)(
  needsGopCache('who joins sees the present of $title at once, and no key frame is asked for'),
  async ({ codecs }) => {
    await together(Object.fromEntries(codecs.map((codec) => [codec, () => expectInstantStart(codec)])));
  },
  90_000,
);
