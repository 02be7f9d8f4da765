import type { RoomInfo, WorkerInfo } from '@spillway/protocol';
import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { type CountedCodec, pushCounted } from './support/counted-push.ts';
import { DeafEncoder } from './support/deaf-encoder.ts';
import { expectInstantJoin, expectInstantResume, FRAMES_BEHIND } from './support/instant-start.ts';
import { keepMeasurement } from './support/measurements.ts';
import { useServer } from './support/server.ts';
import { metricOfWorkers } from './support/server-metrics.ts';
import { ShapedPath } from './support/shaped-path.ts';
import { type PlayerAttributes, SideBySide } from './support/side-by-side.ts';
import { SourceRoom } from './support/source-room.ts';
import { framesBehind } from './support/start-comparison.ts';
import { together } from './support/together.ts';
import { waitFor } from './support/wait-for.ts';
import { whenRoomIsLive } from './support/whep-room.ts';
import { hasGopCache, needsGopCache } from './support/worker-features.ts';

const server = useServer({ workers: 2, config: { demo: { enabled: false }, media: { spillLoad: 0 } } });
const browser = useBrowser();

async function workers(): Promise<WorkerInfo[]> {
  return (await server.api<{ workers: WorkerInfo[] }>('GET', '/workers')).body.workers;
}

/** A page with a viewer of long standing. */
async function openPage(room: string) {
  const context = await browser.newContext();
  const page = await SideBySide.open(context, server.url);
  await page.add('old', { server: server.url, room });
  return {
    context,
    page,
    bySignaling: { server: server.url, room },
    byWhep: { whep: `${server.url}/whep/${room}` },
  };
}

/** What lies between the server and those who watch by WHEP from now on. */
async function pathOfWhep(context: BrowserContext): Promise<ShapedPath> {
  const path = new ShapedPath();
  await context.route('**/whep/**', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, body: await path.through(await response.text()) });
  });
  return path;
}

test.runIf(hasGopCache)(
  needsGopCache('the same at an edge, by WHEP, and after a pause'),
  async () => {
    const room = 'stage';
    const encoder = await DeafEncoder.publish(`${server.url}/whip/${room}`, server.token, 'H264');
    await whenRoomIsLive(server, room);
    const { page, bySignaling, byWhep } = await openPage(room);
    const before = encoder.requests;
    // On each worker, those who watch by WHEP have a router of their own.
    const viewers = { one: bySignaling, two: bySignaling, three: byWhep, four: byWhep };
    const each = (what: (name: string, how: PlayerAttributes) => Promise<void>) =>
      together(
        Object.fromEntries(Object.entries(viewers).map(([name, how]) => [name, () => what(name, how)])),
      );
    const players = new Map<string, string>();
    await each(async (name, how) => {
      const { player } = await expectInstantJoin(page, `viewer ${name} joins`, 3, how);
      players.set(name, player);
    });
    const edge = (await workers()).find(({ edges }) => edges > 0);
    expect(edge?.viewers, 'viewers at the edge').toBeGreaterThan(0);
    await each(async (name) => {
      await expectInstantResume(page, `viewer ${name} after a pause`, 3, players.get(name) ?? '');
    });
    expect(encoder.requests - before, 'requests for a key frame').toBe(0);
  },
  90_000,
);

test.runIf(hasGopCache)(
  needsGopCache('the same where one packet in fifty is lost and others come in disorder'),
  async () => {
    const room = 'lossy';
    await DeafEncoder.publish(`${server.url}/whip/${room}`, server.token, 'VP8');
    await whenRoomIsLive(server, room);
    const { context, page, byWhep } = await openPage(room);
    const path = await pathOfWhep(context);
    Object.assign(path, { loss: 0.02, disorder: 0.05 });
    await expectInstantJoin(page, 'viewer by a bad path', 10, byWhep);
    expect(path.lost).toBeGreaterThan(0);
    await expectInstantJoin(page, 'viewer by a path that loses the first packet', 3, byWhep, () => {
      path.loseFirst = true;
    });
    expect(path.loseFirst).toBe(false);
  },
  90_000,
);

test.runIf(hasGopCache)(
  needsGopCache('the same of plain RTP, and of a source that comes back in another codec'),
  async () => {
    const room = await SourceRoom.create(server, 'camera');
    const { inputs = [] } = await room.set({ type: 'rtp', stallSeconds: 1 });
    const input = (codec: string) => {
      const found = inputs.find((each) => each.codec === codec);
      if (!found) throw new Error(`the source takes no ${codec}`);
      return found;
    };
    const first = pushCounted('H264', input('H264'), input('opus'));
    await whenRoomIsLive(server, room.name);
    const { page, bySignaling } = await openPage(room.name);
    await expectInstantJoin(page, 'viewer of plain RTP', 2, bySignaling);
    await first.stop();
    await waitFor('the broadcast to be interrupted', async () => {
      const { body } = await server.api<RoomInfo>('GET', `/rooms/${room.name}`);
      return body.state !== 'live';
    });
    pushCounted('VP8', input('VP8'), input('opus'));
    await whenRoomIsLive(server, room.name);
    await expectInstantJoin(page, 'viewer of another codec', 2, bySignaling);
  },
  90_000,
);

test.runIf(hasGopCache)(
  needsGopCache('who was cut off for longer than packets are sent again is back before the next key frame'),
  async () => {
    const repairs = () => metricOfWorkers(server, 'spillway_worker_gop_cache_repairs_total');
    const before = await repairs();
    await together({ H264: () => expectRepair('H264'), VP8: () => expectRepair('VP8') });
    expect((await repairs()) - before, 'repairs').toBeGreaterThanOrEqual(2);
  },
  90_000,
);

/** Cuts a viewer off, and fails unless it shows the present again in the group of pictures in which it is reached again. */
async function expectRepair(codec: CountedCodec): Promise<void> {
  const room = `cut-${codec.toLowerCase()}`;
  // 8 s, so that the next key frame is far away.
  const group = 240;
  await DeafEncoder.publish(`${server.url}/whip/${room}`, server.token, codec, group);
  await whenRoomIsLive(server, room);
  const { context, page, byWhep } = await openPage(room);
  const path = await pathOfWhep(context);
  await page.add('cut off', byWhep);
  // Almost 3 s, all in one group: packets are sent again for 2 s, and Chromium asks for a key frame after 3 s without a picture.
  await page.whenAt({ of: 'old', from: 10, group });
  path.isCut = true;
  const opened = await page.whenAt({ of: 'old', from: 95, group });
  path.isCut = false;
  await page.whenPlayed('cut off', 2, opened);
  const [returned, old] = await Promise.all([page.record('cut off'), page.record('old')]);
  const since = returned.seen.filter(({ at, visible }) => visible && at >= opened.at);
  const present = since.find((picture) => framesBehind(picture, old.seen) <= FRAMES_BEHIND);
  expect(present, `${codec}: a picture of the present`).toBeDefined();
  const { at = Number.NaN, number = Number.NaN } = present ?? {};
  keepMeasurement(
    `${codec}: to the picture of the present, since the path was open again`,
    at - opened.at,
    'ms',
  );
  expect(Math.floor(number / group), `${codec}: its group`).toBe(Math.floor(opened.number / group));
}
