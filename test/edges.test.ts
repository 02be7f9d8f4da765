import { fetchCapabilities, LoadViewer, signalingEntry, whepEntry } from '@spillway/loadgen';
import type { RoomSourceConfig, ViewerInfo, WorkerInfo } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { clipCodecs, makeClip } from './support/clips.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { SourceRoom, whenPlaying, whenSize } from './support/source-room.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ workers: 2, config: { ...patternOnly, media: { spillLoad: 0 } } });
const browser = useBrowser();

async function workers(): Promise<WorkerInfo[]> {
  return (await server.api<{ workers: WorkerInfo[] }>('GET', '/workers')).body.workers;
}

async function viewers(room: string): Promise<ViewerInfo[]> {
  return (await server.api<{ viewers: ViewerInfo[] }>('GET', `/rooms/${room}/viewers`)).body.viewers;
}

/** Viewers without decoders, all of which play. */
async function crowd(
  room: string,
  size: number,
  by: 'signaling' | 'whep' = 'signaling',
): Promise<LoadViewer[]> {
  const capabilities = await fetchCapabilities(server.url);
  const entry = () =>
    by === 'whep'
      ? whepEntry({ url: new URL(`/whep/${room}`, server.url) })
      : signalingEntry({ server: server.url, room, capabilities });
  const all = Array.from({ length: size }, () => new LoadViewer(entry()));
  onTestFinished(() => {
    for (const viewer of all) viewer.close();
  });
  await Promise.all(all.map((viewer) => viewer.join()));
  await waitFor('all to play', () => all.every(({ times }) => times.firstKeyFrame !== undefined));
  return all;
}

/** A page that plays, and the worker that it is on. */
async function openPage(room: string): Promise<{ player: PlayerPage; worker: number }> {
  const before = new Set((await viewers(room)).map(({ id }) => id));
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/${room}`);
  await whenPlaying(player);
  const own = (await viewers(room)).find(({ id }) => !before.has(id));
  if (own?.worker === undefined) throw new Error('the page is on no worker');
  return { player, worker: own.worker };
}

/** A page on each worker, among other viewers. */
async function openOnEach(room: string) {
  const others = await crowd(room, 12);
  const pages = new Map<number, PlayerPage>();
  for (let tries = 0; pages.size < 2; tries += 1) {
    expect(tries, 'pages that all went to one worker').toBeLessThan(8);
    const { player, worker } = await openPage(room);
    if (!pages.has(worker)) {
      pages.set(worker, player);
      continue;
    }
    await player.page.close();
    // Further viewers go to the less loaded worker, until that is this one.
    await waitFor('the other worker to be the less loaded one', async () => {
      const [least] = (await workers()).toSorted((one, other) => one.load - other.load);
      if (least && least.index !== worker) return true;
      others.push(...(await crowd(room, 4)));
      return false;
    });
  }
  return { others, pages };
}

/** Pages of the pattern room at its origin and at its edge. */
async function openBoth() {
  const { others, pages } = await openOnEach(patternRoom.name);
  const all = await workers();
  const origin = all.find(({ rooms }) => rooms > 0);
  const edge = all.find(({ edges }) => edges > 0);
  const atOrigin = pages.get(origin?.index ?? Number.NaN);
  const atEdge = pages.get(edge?.index ?? Number.NaN);
  if (!origin?.pid || !edge?.pid || !atOrigin || !atEdge)
    throw new Error(`where is what? ${JSON.stringify(all)}`);
  return { others, atOrigin, atEdge, originPid: origin.pid, edgePid: edge.pid };
}

async function whenAllReceive(all: readonly LoadViewer[]): Promise<void> {
  const before = all.map(({ counts }) => counts.video.packets);
  await waitFor('all to receive more', () =>
    all.every(({ counts }, index) => counts.video.packets > (before[index] ?? 0)),
  );
}

async function setLayer(player: PlayerPage, layer: number): Promise<void> {
  await player.page.locator('spillway-player').evaluate((element, wanted) => {
    element.setAttribute('layer', String(wanted));
  }, layer);
}

async function whenUp(): Promise<void> {
  await waitFor('all workers to be up', async () => (await workers()).every(({ state }) => state === 'up'));
}

test('viewers on both workers play, and go on when the source was away', async () => {
  const { others, atOrigin, atEdge } = await openBoth();
  const spread = (await workers()).map(({ viewers }) => viewers);
  expect(Math.min(...spread)).toBeGreaterThanOrEqual(5);
  // By WHEP under other payload types, which have a router of their own on each worker.
  await whenAllReceive([...others, ...(await crowd(patternRoom.name, 12, 'whep'))]);

  await server.api('POST', `/rooms/${patternRoom.name}/source/stop`);
  await server.api('POST', `/rooms/${patternRoom.name}/source/start`);
  for (const player of [atOrigin, atEdge]) {
    await player.whenPatternFrom(Date.now());
    await player.whenPatternRuns();
    expect(player.requests('watch')).toBe(1);
  }
  await whenAllReceive(others);
});

test("an edge's worker dies: its viewers come back by themselves, the others do not notice", async () => {
  const { others, atOrigin, atEdge, edgePid } = await openBoth();
  process.kill(edgePid, 'SIGKILL');
  const away = await atEdge.whenPatternFrom(Date.now());
  process.stdout.write(`      playing again ${away} ms after the death of the edge's worker\n`);
  await atEdge.whenPatternRuns();
  await atOrigin.whenPatternRuns();
  expect(atEdge.requests('watch')).toBeGreaterThan(1);
  expect(atOrigin.requests('watch')).toBe(1);
  await whenAllReceive(others);
  expect([atOrigin.loads, atEdge.loads]).toEqual([1, 1]);
  await whenUp();
});

test("the origin's worker dies: those on the edge keep their connections", async () => {
  const { others, atOrigin, atEdge, originPid } = await openBoth();
  process.kill(originPid, 'SIGKILL');
  const killedAt = Date.now();
  await atEdge.whenPatternFrom(killedAt, 30_000);
  await atOrigin.whenPatternFrom(killedAt, 30_000);
  await Promise.all([atEdge, atOrigin].map((player) => player.whenPatternRuns()));
  expect(atEdge.requests('watch')).toBe(1);
  expect(atOrigin.requests('watch')).toBeGreaterThan(1);
  await whenAllReceive(others);
  expect([atOrigin.loads, atEdge.loads]).toEqual([1, 1]);
  await whenUp();
});

test('viewers on both workers choose their layers', async () => {
  await makeClip(server, { path: 'clip.mp4', size: '640x360', seconds: 4, codecs: clipCodecs.h264Aac });
  const config = { type: 'file', file: 'clip.mp4', layers: ['180p'] } satisfies RoomSourceConfig;
  const room = await SourceRoom.play(server, 'layered', config);
  await room.whenState('live');
  const { pages } = await openOnEach(room.name);
  for (const player of pages.values()) {
    await setLayer(player, 0);
    await whenSize(player, 320, 180);
    await player.whenMoving();
    await setLayer(player, 1);
    await whenSize(player, 640, 360);
    await player.whenMoving();
  }
});
