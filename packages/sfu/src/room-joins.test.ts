import type { Playback } from '@spillway/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { publishedCapabilities } from './conversions.ts';
import type { Room } from './room.ts';
import type { Sfu, SfuOptions } from './sfu.ts';
import { takeCensus } from './test-support/census.ts';
import { pushRtp, vp8Input } from './test-support/rtp-pusher.ts';
import { startSfu } from './test-support/start-sfu.ts';
import type { Viewer } from './viewer.ts';

const generous = { timeout: 15_000, interval: 20 };

let census: ReturnType<typeof takeCensus>;
let sfu: Sfu;
let room: Room;
let added = 0;
const stoppers: (() => void)[] = [];

beforeEach(() => {
  census = takeCensus();
});

afterEach(() => {
  for (const stop of stoppers.splice(0)) stop();
  sfu.close();
  census.end();
  expect(census.counts).toEqual({ workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 });
  expect(sfu.joins.waiting).toBe(0);
  expect(sfu.viewerCount).toBe(0);
});

async function start(joins: NonNullable<SfuOptions['joins']>): Promise<void> {
  sfu = await startSfu({ joins });
  room = await sfu.createRoom('stage');
}

async function goLive(): Promise<void> {
  const input = await vp8Input();
  const nothing = { onLive() {}, onRefused() {}, onClosed() {} };
  await room.openInlet({ inputs: [input], listenAddress: '127.0.0.1', ...nothing }, {});
  stoppers.push(pushRtp(input).stop);
  await vi.waitFor(() => expect(room.state).toBe('live'), generous);
}

function addViewer(): Viewer {
  const viewer = room.addViewer(`viewer-${added}`, publishedCapabilities, `client-${added}`);
  added += 1;
  return viewer;
}

const settled = (playbacks: readonly Promise<Playback>[]) => Promise.allSettled(playbacks);

it('lets viewers of an offline room in without a turn, and when it goes live each in its turn', async () => {
  await start({ perSecond: 5, maxWaitSeconds: 0 });
  const viewers = Array.from({ length: 10 }, addViewer);
  const order: string[] = [];
  const places = vi.fn();
  for (const viewer of viewers) {
    viewer.on('playback', ({ transport }) => transport && order.push(viewer.id));
    viewer.on('queued', places);
  }
  const first = await Promise.all(viewers.map((viewer) => room.watch(viewer)));
  expect(new Set(first.map(({ state }) => state))).toEqual(new Set(['offline']));
  await goLive();
  await vi.waitFor(() => expect(order).toEqual(viewers.map(({ id }) => id)), generous);
  expect(places).toHaveBeenCalled();
});

it('refuses those who ask when the wait would be too long, and takes no place for them', async () => {
  await start({ perSecond: 1, maxWaitSeconds: 2 });
  await goLive();
  const viewers = Array.from({ length: 6 }, addViewer);
  const joins = viewers.map((viewer) => room.watch(viewer));
  await vi.waitFor(() => expect(sfu.joins.waiting).toBeLessThanOrEqual(2), generous);
  const outcomes = await settled(joins);
  expect(outcomes.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'fulfilled'],
    ...['rejected', 'rejected', 'rejected'],
  ]);
  expect(outcomes.at(-1)).toMatchObject({
    reason: { code: 'unavailable', retryAfter: expect.any(Number) },
  });
  expect(census.counts.transports).toBeLessThanOrEqual(1 + 3);
});

it('gives the turn of a viewer that is gone to the next', async () => {
  await start({ perSecond: 1, maxWaitSeconds: 6 });
  await goLive();
  const viewers = Array.from({ length: 6 }, addViewer);
  const joins = viewers.map((viewer) => room.watch(viewer));
  await vi.waitFor(() => expect(sfu.joins.waiting).toBeGreaterThan(3), generous);
  for (const viewer of viewers.slice(1, -1)) viewer.close('it gave up');
  expect(sfu.joins.waiting).toBeLessThanOrEqual(1);
  const outcomes = await settled(joins);
  expect(outcomes.at(-1)?.status).toBe('fulfilled');
  expect(sfu.viewerCount).toBe(2);
});

it('counts the viewers of all rooms', async () => {
  await start({ maxWaitSeconds: 5 });
  const other = await sfu.createRoom('backstage');
  const viewers = Array.from({ length: 3 }, addViewer);
  other.addViewer('elsewhere', publishedCapabilities);
  expect(sfu.viewerCount).toBe(4);
  viewers[0]?.close('it left');
  viewers[0]?.close('it left');
  expect(sfu.viewerCount).toBe(3);
  room.close('over');
  expect(sfu.viewerCount).toBe(1);
});
