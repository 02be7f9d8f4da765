import { once } from 'node:events';
import type { Playback } from '@spillway/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { publishedCapabilities } from './conversions.ts';
import { byLoad, type Placement } from './placement.ts';
import type { Room } from './room.ts';
import type { Sfu } from './sfu.ts';
import { takeCensus } from './test-support/census.ts';
import { pushRtp, vp8Input } from './test-support/rtp-pusher.ts';
import { startSfu } from './test-support/start-sfu.ts';

const generous = { timeout: 15_000, interval: 20 };
const ORIGIN = 0;

let census: ReturnType<typeof takeCensus>;
let sfu: Sfu;
let room: Room;
/** The worker to which the next viewers go. */
let next = ORIGIN;
let viewers = 0;
const stoppers: (() => void)[] = [];

/** The first worker that is up for the origin; viewers go where they are told to. */
const chosen: Placement = {
  forOrigin: (loads) => loads[0]?.index,
  forViewer: (loads) => (loads.some(({ index }) => index === next) ? next : loads[0]?.index),
};

beforeEach(() => {
  census = takeCensus();
  next = ORIGIN;
});

afterEach(() => {
  for (const stop of stoppers.splice(0)) stop();
  sfu.close();
  census.end();
  expect(census.counts).toEqual({ workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 });
});

async function start(placement: Placement): Promise<void> {
  sfu = await startSfu({ workers: 3, placement });
  room = await sfu.createRoom('cam');
}

/** The room goes live; the function returned takes its source away. */
async function goLive(owner: { resume?: string }): Promise<() => void> {
  const input = await vp8Input();
  const nothing = { onLive() {}, onRefused() {}, onClosed() {} };
  const inlet = await room.openInlet({ inputs: [input], listenAddress: '127.0.0.1', ...nothing }, owner);
  const pusher = pushRtp(input);
  stoppers.push(pusher.stop);
  await vi.waitFor(() => expect(room.state).toBe('live'), generous);
  return () => inlet.close();
}

/** A viewer that goes to a worker, and what it is told. */
async function watchAt(workerIndex: number) {
  next = workerIndex;
  const viewer = room.addViewer(`viewer-${viewers++}`, publishedCapabilities);
  const playbacks: Playback[] = [];
  const rejoin = vi.fn();
  viewer.on('playback', (playback) => playbacks.push(playback));
  viewer.on('rejoin', rejoin);
  const first = await room.watch(viewer);
  return { viewer, first, playbacks, rejoin };
}

const pidOf = (workerIndex: number) => sfu.workers[workerIndex]?.pid ?? 0;

it('moves viewers on edges to what is broadcast next, on the transports that they have', async () => {
  await start(chosen);
  const owner = {};
  const stop = await goLive(owner);
  const viewers = [await watchAt(ORIGIN), await watchAt(1), await watchAt(2)];
  expect(room.edges).toEqual(new Set([1, 2]));
  expect(sfu.describeWorkers().map(({ rooms, edges, viewers }) => [rooms, edges, viewers])).toEqual([
    [1, 0, 1],
    [0, 1, 1],
    [0, 1, 1],
  ]);
  for (const { first } of viewers)
    expect(first).toMatchObject({ state: 'live', consumers: [{ kind: 'video' }] });
  stop();
  await vi.waitFor(
    () =>
      expect(viewers.map(({ playbacks }) => playbacks.at(-1)?.state)).toEqual(Array(3).fill('interrupted')),
    generous,
  );
  await goLive(owner);
  for (const { viewer, playbacks } of viewers) {
    await vi.waitFor(() => expect(playbacks.at(-1)?.consumers).toHaveLength(1), generous);
    expect(playbacks.every(({ transport }) => transport === undefined)).toBe(true);
    viewer.close('gone');
  }
  expect(sfu.describeWorkers().map(({ viewers }) => viewers)).toEqual([0, 0, 0]);
});

it('takes no place for those who wait for a broadcast', async () => {
  await start(chosen);
  const { viewer, first, playbacks } = await watchAt(1);
  expect(first).toEqual({ state: 'offline', kinds: [], consumers: [] });
  expect(viewer.workerIndex).toBeUndefined();
  expect(room.edges.size).toBe(0);
  await goLive({});
  await vi.waitFor(() => expect(playbacks.at(-1)?.transport).toBeDefined(), generous);
  expect(viewer.workerIndex).toBe(1);
});

it('calls back the viewers of an edge whose worker has died, and nobody else', async () => {
  await start(chosen);
  await goLive({});
  const [atOrigin, atEdge, elsewhere] = [await watchAt(ORIGIN), await watchAt(1), await watchAt(2)];
  const rejoined = once(atEdge.viewer, 'rejoin');
  process.kill(pidOf(1), 'SIGKILL');
  await rejoined;
  expect(room.edges).toEqual(new Set([2]));
  next = 2;
  const again = await room.watch(atEdge.viewer);
  expect(again.transport).toBeDefined();
  expect(again.consumers).toHaveLength(1);
  expect(atEdge.viewer.workerIndex).toBe(2);
  expect(room.state).toBe('live');
  for (const { rejoin, playbacks } of [atOrigin, elsewhere]) {
    expect(rejoin).not.toHaveBeenCalled();
    expect(playbacks.flatMap(({ consumers }) => consumers)).toEqual([]);
  }
});

it('leaves viewers on edges their transports when the worker of the origin dies', async () => {
  await start(chosen);
  const owner = {};
  await goLive(owner);
  const [atOrigin, atEdge] = [await watchAt(ORIGIN), await watchAt(2)];
  const rejoined = once(atOrigin.viewer, 'rejoin');
  process.kill(pidOf(ORIGIN), 'SIGKILL');
  await rejoined;
  expect(room.workerIndex).toBe(1);
  await vi.waitFor(() => expect(atEdge.playbacks.at(-1)?.state).toBe('interrupted'), generous);
  await goLive(owner);
  await vi.waitFor(() => expect(atEdge.playbacks.at(-1)?.consumers).toHaveLength(1), generous);
  expect(atEdge.playbacks.at(-1)?.transport).toBeUndefined();
  expect(atEdge.rejoin).not.toHaveBeenCalled();
  expect(atEdge.viewer.workerIndex).toBe(2);
});

it('spills to other workers when the origin has enough, and returns', async () => {
  const spillLoad = 0.05;
  await start(byLoad({ spillLoad }));
  await goLive({});
  const all = [];
  while (room.edges.size === 0 && all.length < 100) all.push((await watchAt(ORIGIN)).viewer);
  const origin = room.workerIndex ?? -1;
  expect(room.edges.size).toBe(1);
  expect(sfu.loads[origin]?.load).toBeGreaterThanOrEqual(spillLoad);
  for (const viewer of all.splice(0)) viewer.close('gone');
  const { viewer } = await watchAt(ORIGIN);
  expect(viewer.workerIndex).toBe(origin);
});

it('takes a worker that does not answer for a full one, until it does', async () => {
  await start(byLoad());
  await goLive({});
  const stuck = room.workerIndex ?? -1;
  process.kill(pidOf(stuck), 'SIGSTOP');
  stoppers.push(() => process.kill(pidOf(stuck), 'SIGCONT'));
  const loadOf = (index: number) => sfu.loads.find((load) => load.index === index)?.load;
  await vi.waitFor(() => expect(loadOf(stuck)).toBeGreaterThan(0.9), generous);
  const other = await sfu.createRoom('other');
  expect(other.workerIndex).not.toBe(stuck);
  process.kill(pidOf(stuck), 'SIGCONT');
  await vi.waitFor(() => expect(loadOf(stuck)).toBeLessThan(0.5), generous);
});
