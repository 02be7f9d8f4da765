import { findWorker } from '@spillway/worker';
import type { Consumer, DirectTransport, RtpCapabilities, RtpParameters } from 'mediasoup/types';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BroadcastTrack } from './broadcast.ts';
import { routerCapabilities } from './codecs.ts';
import type { Outlet } from './edge.ts';
import { Edges } from './edges.ts';
import { payloadLayout } from './payload-layout.ts';
import type { Seat } from './seat.ts';
import type { Sfu } from './sfu.ts';
import { takeCensus } from './test-support/census.ts';
import { vp8DeltaPacket, vp8Packet } from './test-support/rtp-pusher.ts';
import { startSfu } from './test-support/start-sfu.ts';

const generous = { timeout: 15_000, interval: 20 };
const WORKERS = 3;
const SSRC = 1111;

let census: ReturnType<typeof takeCensus>;
let sfu: Sfu;
let origin: Seat;
let edges: Edges;
/** The worker to which the next viewers go, and how many are counted on each. */
let next: number;
let counts: number[];
const lost = vi.fn();
const stoppers: (() => void)[] = [];

beforeEach(async () => {
  census = takeCensus();
  sfu = await startSfu({ workers: WORKERS });
  next = 1;
  counts = Array.from({ length: WORKERS }, () => 0);
  lost.mockClear();
  origin = await createSeat(0);
  edges = new Edges(Promise.resolve(origin), {
    createSeat,
    findPlace() {
      const workerIndex = next;
      const count = (change: number) => {
        counts[workerIndex] = (counts[workerIndex] ?? 0) + change;
      };
      count(1);
      return { workerIndex, leave: () => count(-1) };
    },
    onLost: lost,
  });
});

afterEach(() => {
  for (const stop of stoppers.splice(0)) stop();
  edges.close();
  sfu.close();
  census.end();
  expect(census.counts).toEqual({ workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 });
});

function createSeat(workerIndex: number): Promise<Seat> {
  return sfu.workers[workerIndex]?.createSeat() ?? Promise.reject(new Error('There is no such worker'));
}

const enter = () => edges.enter(undefined, () => []);

function vp8Parameters(ssrcs: readonly number[]): RtpParameters {
  const rtcpFeedback = [{ type: 'nack', parameter: 'pli' }];
  return {
    codecs: [{ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 101, rtcpFeedback }],
    encodings: ssrcs.map((ssrc) => ({ ssrc })),
  };
}

/** A VP8 track on the origin, sent 50 times a second, and the feedback that it gets. */
async function liveTrack(seat = origin, layers = 1) {
  const transport = await seat.router.createDirectTransport();
  const ssrcs = Array.from({ length: layers }, (_, layer) => SSRC + layer);
  const producer = await transport.produce({
    kind: 'video',
    rtpParameters: vp8Parameters(ssrcs),
  });
  let sequence = 1;
  const timer = setInterval(() => {
    // It ends with its worker.
    if (producer.closed) return;
    for (const ssrc of ssrcs) producer.send(vp8Packet({ ssrc, payloadType: 101 }, sequence));
    sequence += 1;
  }, 20);
  stoppers.push(() => clearInterval(timer));
  const track: BroadcastTrack = { producer, layers: ssrcs.map(() => ({})) };
  return { track, keyFrameRequests: countKeyFrameRequests(transport) };
}

/** Counts payload-specific feedback (RFC 4585, packet type 206) of format PLI. */
function countKeyFrameRequests(transport: DirectTransport): () => number {
  let count = 0;
  transport.on('rtcp', (packet) => {
    if (packet.readUInt8(1) === 206 && (packet.readUInt8(0) & 0x1f) === 1) count += 1;
  });
  return () => count;
}

/** A viewer's consumer at an outlet, and how many packets it has got. */
async function consume(outlet: Outlet, track: BroadcastTrack) {
  const carried = await outlet.carry(track);
  if (!carried) throw new Error('The outlet does not carry the track');
  const transport = await outlet.seat.router.createDirectTransport();
  const rtpCapabilities: RtpCapabilities = routerCapabilities;
  const consumer = await transport.consume({ producerId: carried.producer.id, rtpCapabilities });
  let packets = 0;
  consumer.on('rtp', () => {
    packets += 1;
  });
  return { consumer, carried, packets: () => packets };
}

async function expectMore(packets: () => number): Promise<void> {
  const before = packets();
  await vi.waitFor(() => expect(packets()).toBeGreaterThan(before), generous);
}

it('carries each producer to a worker once, for all its viewers and layouts', async () => {
  const { track } = await liveTrack();
  const berths = [await enter(), await enter()];
  // Other payload types branch off on the edge's worker.
  const layout = payloadLayout({
    codecs: [{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 96 }],
  });
  berths.push(await edges.enter({ layout }, () => []));
  expect(edges.workers).toEqual(new Set([1]));
  expect(counts).toEqual([0, 3, 0]);
  const carried = await Promise.all(berths.map(({ outlet }) => outlet.carry(track)));
  expect(carried[0]?.producer).toBe(carried[1]?.producer);
  expect(carried[2]?.producer).not.toBe(carried[0]?.producer);
  // The track, its copy on the edge, and the copy of that; a pipe's consumer for each copy.
  expect(census.counts).toMatchObject({ producers: 3, consumers: 2 });
  for (const { outlet } of berths.slice(0, 2)) {
    expect(outlet.seat.workerIndex).toBe(1);
    await expectMore((await consume(outlet, track)).packets);
  }
  for (const { leave } of berths) leave();
  expect(counts).toEqual([0, 0, 0]);
});

it('uses the origin itself for viewers that are placed there', async () => {
  next = 0;
  const { track } = await liveTrack();
  const { outlet } = await enter();
  expect(outlet.seat.router).toBe(origin.router);
  expect((await outlet.carry(track))?.producer).toBe(track.producer);
  expect(edges.workers.size).toBe(0);
});

it('pauses and resumes with the producer', async () => {
  const { track } = await liveTrack();
  const { outlet } = await enter();
  const { consumer, packets } = await consume(outlet, track);
  await expectMore(packets);
  await track.producer.pause();
  await vi.waitFor(() => expect(consumer.producerPaused).toBe(true), generous);
  await track.producer.resume();
  await vi.waitFor(() => expect(consumer.producerPaused).toBe(false), generous);
  await expectMore(packets);
});

it('asks the broadcaster for key frames, few times however many viewers ask', async () => {
  const { track, keyFrameRequests } = await liveTrack();
  const consumers: Consumer[] = [];
  for (const workerIndex of [1, 2]) {
    next = workerIndex;
    const { outlet } = await enter();
    for (let n = 0; n < 20; n += 1) consumers.push((await consume(outlet, track)).consumer);
  }
  const before = keyFrameRequests();
  let asked = 0;
  await vi.waitFor(async () => {
    asked += consumers.length;
    await Promise.all(consumers.map((consumer) => consumer.requestKeyFrame()));
    expect(keyFrameRequests()).toBeGreaterThan(before);
  }, generous);
  expect(keyFrameRequests() - before).toBeLessThan(asked / 4);
});

it('has the copy of a producer there before the first packet, a key frame, without asking for another', async () => {
  const { features } = await findWorker();
  const transport = await origin.router.createDirectTransport();
  const producer = await transport.produce({ kind: 'video', rtpParameters: vp8Parameters([SSRC]) });
  const keyFrameRequests = countKeyFrameRequests(transport);
  let sequence = 0;
  const send = (isKeyFrame: boolean) => {
    sequence += 1;
    const make = isKeyFrame ? vp8Packet : vp8DeltaPacket;
    producer.send(make({ ssrc: SSRC, payloadType: 101 }, sequence));
  };
  // It answers at once, when it is asked, and sends none by itself but the first.
  let answered = 0;
  transport.on('rtcp', () => {
    if (keyFrameRequests() === answered) return;
    answered = keyFrameRequests();
    send(true);
  });
  send(true);
  const timer = setInterval(() => producer.closed || send(false), 20);
  stoppers.push(() => clearInterval(timer));
  const { outlet } = await enter();
  const carried = await outlet.carry({ producer, layers: [] });
  const received = async () => (await carried?.producer.getStats())?.[0]?.packetCount ?? 0;
  await vi.waitFor(async () => expect(await received()).toBeGreaterThan(20), generous);
  expect(keyFrameRequests()).toBe(features.includes('gop-cache') ? 0 : 1);
});

it('keeps the layers of simulcast, and lets each viewer choose', async () => {
  const { track } = await liveTrack(origin, 2);
  const { outlet } = await enter();
  const [low, high] = [await consume(outlet, track), await consume(outlet, track)];
  expect(low.consumer.type).toBe('simulcast');
  await low.consumer.setPreferredLayers({ spatialLayer: 0 });
  await high.consumer.setPreferredLayers({ spatialLayer: 1 });
  expect(low.consumer.preferredLayers?.spatialLayer).toBe(0);
  expect(high.consumer.preferredLayers?.spatialLayer).toBe(1);
  await vi.waitFor(() => expect(low.consumer.currentLayers?.spatialLayer).toBe(0), generous);
  await Promise.all([expectMore(low.packets), expectMore(high.packets)]);
});

it('carries a further producer, and ends a copy and its pipe with its producer', async () => {
  const first = await liveTrack();
  const { outlet } = await enter();
  const old = await consume(outlet, first.track);
  const { transports } = census.counts;
  const second = await liveTrack();
  const fresh = await consume(outlet, second.track);
  // One for each track and each consumer of these tests, and two for a pipe.
  expect(census.counts.transports).toBe(transports + 4);
  first.track.producer.close();
  await vi.waitFor(() => expect(old.consumer.closed).toBe(true), generous);
  await vi.waitFor(() => expect(census.counts.transports).toBe(transports + 2), generous);
  await expectMore(fresh.packets);
});

it('drops an edge some time after its last viewer, and not before', async () => {
  const { track } = await liveTrack();
  const [one, other] = [await enter(), await enter()];
  await one.outlet.carry(track);
  const { router } = one.outlet.seat;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stoppers.push(() => vi.useRealTimers());
  one.leave();
  one.leave();
  vi.advanceTimersByTime(60_000);
  expect(edges.workers).toEqual(new Set([1]));
  other.leave();
  vi.advanceTimersByTime(20_000);
  const third = await enter();
  expect(third.outlet).toBe(one.outlet);
  vi.advanceTimersByTime(60_000);
  expect(router.closed).toBe(false);
  third.leave();
  vi.advanceTimersByTime(60_000);
  expect(edges.workers.size).toBe(0);
  vi.useRealTimers();
  await vi.waitFor(() => expect(router.closed).toBe(true), generous);
  // Nothing of it is left at the origin either.
  await vi.waitFor(
    () => expect(census.counts).toMatchObject({ routers: 1, transports: 1, consumers: 0 }),
    generous,
  );
});

it('says that the worker of an edge has died, and makes the edge anew elsewhere', async () => {
  const { track } = await liveTrack();
  const { outlet } = await enter();
  await consume(outlet, track);
  process.kill(sfu.workers[1]?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(lost).toHaveBeenCalledExactlyOnceWith(1), generous);
  expect(edges.workers.size).toBe(0);
  next = 2;
  const again = await enter();
  await expectMore((await consume(again.outlet, track)).packets);
  await vi.waitFor(() => expect(census.counts).toMatchObject({ producers: 2, consumers: 2 }), generous);
});

it('finds another place when a worker dies while the edge is made', async () => {
  const { track } = await liveTrack();
  const entering = enter();
  process.kill(sfu.workers[1]?.pid ?? 0, 'SIGKILL');
  next = 2;
  const { outlet } = await entering;
  const carried = await outlet.carry(track).catch(() => undefined);
  // The worker may have answered in time and died after that.
  if (carried) await expectMore((await consume(outlet, track)).packets);
  else expect(outlet.seat.router.closed).toBe(true);
});

it('outlives its origin, and takes what the next one has', async () => {
  const first = await liveTrack();
  const { outlet } = await enter();
  const { consumer } = await consume(outlet, first.track);
  edges.moveOrigin(
    new Promise((resolve) => {
      origin.router.once('workerclose', () => resolve(createSeat(2)));
    }),
  );
  process.kill(sfu.workers[0]?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(consumer.closed).toBe(true), generous);
  expect(outlet.seat.router.closed).toBe(false);
  next = 2;
  const moved = await enter();
  const second = await liveTrack(moved.outlet.seat);
  await expectMore((await consume(outlet, second.track)).packets);
  expect(lost).not.toHaveBeenCalled();
});
