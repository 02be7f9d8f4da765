import { CLOSE_RECONNECT } from '@spillway/protocol';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { PlayerPage } from './support/player-page.ts';
import { expectRefusal, play, retryAfter } from './support/sdp-request.ts';
import { useServer } from './support/server.ts';
import { metric } from './support/server-metrics.ts';
import { waitFor } from './support/wait-for.ts';
import { WaitingCrowd } from './support/waiting-crowd.ts';
import { viewerCount } from './support/watched-room.ts';
import { whenRoomIsLive } from './support/whep-room.ts';

const room = 'demo';
const joins = { perSecond: 4, maxWaitSeconds: 3 };
/** So many may wait. */
const PLACES = joins.perSecond * joins.maxWaitSeconds;

const server = useServer({
  workers: 2,
  config: {
    joins,
    // Offers that are let in are not gone on with.
    sessions: { connectSeconds: 5 },
  },
});
const browser = useBrowser();

beforeAll(async () => {
  await whenRoomIsLive(server, room);
});

async function openCrowd(): Promise<WaitingCrowd> {
  const crowd = await WaitingCrowd.create(server, room);
  onTestFinished(async () => {
    crowd.close();
    await whenNobodyWaits();
  });
  return crowd;
}

function whenNobodyWaits(): Promise<boolean> {
  return waitFor('nobody to wait', async () => {
    const left = (await viewerCount(server, room)) === 0;
    return left && (await metric(server, 'spillway_joins_waiting')) === 0;
  });
}

/** Lets so many wait, and one more, until something has happened. */
async function keepWaiting<T>(crowd: WaitingCrowd, count: number, until: Promise<T>): Promise<T> {
  let over = false;
  const watch = until.finally(() => {
    over = true;
  });
  while (!over) {
    await crowd.add();
    await waitFor('room in the queue', () => over || crowd.waiting.length < count);
  }
  return watch;
}

test('a crowd is let in one after the other, each knows its place, and the rest is asked back', async () => {
  const crowd = await openCrowd();
  for (let i = 0; i < 3 * PLACES; i += 1) await crowd.add();
  const { watchers } = crowd;
  await waitFor('all to be let in or sent away', () => crowd.waiting.length === 0);
  const admitted = watchers.filter(({ answered }) => answered);
  const refused = watchers.filter(({ answered }) => !answered);
  expect(admitted.length).toBeGreaterThanOrEqual(PLACES);
  expect(refused.length).toBeGreaterThanOrEqual(PLACES);

  for (const { end } of refused) {
    expect(end).toMatchObject({
      code: CLOSE_RECONNECT,
      closing: { code: 'unavailable', reconnect: true, retryAfter: expect.any(Number) },
    });
    expect(end?.closing?.retryAfter).toBeGreaterThanOrEqual(joins.maxWaitSeconds);
  }
  const told = admitted.map(({ places }) => places);
  expect(Math.max(...told.flat())).toBeGreaterThan(1);
  for (const places of told) {
    expect(places).toEqual([...new Set(places)].toSorted((a, b) => b - a));
  }
  // Who came first is told of no later place than who came after.
  const first = told.flatMap(([place]) => place ?? []);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
  expect(await metric(server, 'spillway_joins_refused_total')).toBe(refused.length);
});

test('those who hang up while they wait leave their places to others', async () => {
  const crowd = await openCrowd();
  await Promise.all(Array.from({ length: PLACES }, () => crowd.add()));
  await waitFor('some to wait', async () => (await metric(server, 'spillway_joins_waiting')) > 0);
  const hangUp = new AbortController();
  const offer = play(server, `/whep/${room}`, { signal: hangUp.signal }).catch(() => undefined);
  const turns = await metric(server, 'spillway_join_wait_seconds_count');
  const leaving = crowd.waiting;
  for (const watcher of leaving) watcher.hangUp();
  await waitFor('the offer alone to be there', async () => {
    return (await metric(server, 'spillway_joins_waiting')) <= 1;
  });
  hangUp.abort();
  await offer;
  await waitFor('nobody to wait', async () => (await metric(server, 'spillway_joins_waiting')) === 0);
  expect((await metric(server, 'spillway_join_wait_seconds_count')) - turns).toBeLessThan(leaving.length);
});

test('offers beyond the bound are answered 503 with Retry-After', async () => {
  const crowd = await openCrowd();
  const refused = waitFor('an offer to be refused', async () => {
    const answer = await play(server, `/whep/${room}`);
    return answer.status === 503 ? answer : undefined;
  });
  const answer = await keepWaiting(crowd, PLACES, refused);
  expectRefusal(answer, 503, 'unavailable', /many are joining/);
  expect(retryAfter(answer)).toBeGreaterThanOrEqual(joins.maxWaitSeconds);
  const plain = await keepWaiting(
    crowd,
    PLACES,
    waitFor('a plain offer to be refused', async () => {
      const other = await play(server, `/offer?room=${room}`);
      return other.status === 503 ? other : undefined;
    }),
  );
  expect(retryAfter(plain)).toBeGreaterThanOrEqual(joins.maxWaitSeconds);
});

test('the player says its place, and comes back by itself when it was sent away', async () => {
  const crowd = await openCrowd();
  const player = await PlayerPage.open(await browser.newContext(), 'about:blank');
  const says = async (words: RegExp) => {
    const [text = ''] = await player.page.locator('spillway-player [part=message]').allTextContents();
    return words.test(text);
  };
  const opening = player.page.goto(`${server.url}/watch/${room}`);
  const sentAway = waitFor('the player to be sent away', async () => {
    // It may have come at the moment at which a place was free.
    if ((await player.page.locator('spillway-player[state=live]').count()) > 0) await player.page.reload();
    return says(/Full house\.\s+Trying again in \d+ s/);
  });
  await keepWaiting(crowd, PLACES, sentAway);
  await opening;
  expect(await player.state()).toBe('connecting');
  const { loads } = player;
  crowd.close();

  const queued = waitFor(
    'the player to say its place',
    () => says(/Many are joining\.\s+Your place: \d+/),
    40_000,
  );
  await keepWaiting(crowd, PLACES - joins.perSecond, queued);
  expect(await player.state()).toBe('connecting');
  await player.whenState('live');
  await player.whenMoving();
  expect(player.loads).toBe(loads);
});
