import type { RtpCapabilities } from '@spillway/protocol';
import type { RtpCodecParameters } from 'mediasoup/types';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BroadcastTrack } from './broadcast.ts';
import { type Outlet, originOutlet } from './edge.ts';
import { Outlets } from './outlets.ts';
import { layoutCapabilities, payloadLayout } from './payload-layout.ts';
import type { Seat } from './seat.ts';
import type { Sfu } from './sfu.ts';
import { takeCensus } from './test-support/census.ts';
import { pushRtp, rtpInputs } from './test-support/rtp-pusher.ts';
import { startSfu } from './test-support/start-sfu.ts';

const generous = { timeout: 15_000, interval: 20 };

let census: ReturnType<typeof takeCensus>;
let sfu: Sfu;
let seat: Seat;
let outlets: Outlets;
const pushers: { stop(): void }[] = [];

beforeEach(async () => {
  census = takeCensus();
  sfu = await startSfu();
  seat = await (sfu.workers[0]?.createSeat() ?? Promise.reject(new Error('There is no worker')));
  outlets = new Outlets(originOutlet(seat));
});

afterEach(() => {
  for (const pusher of pushers.splice(0)) pusher.stop();
  sfu.close();
  census.end();
  expect(census.counts).toEqual({ workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 });
});

const wish = (capabilities: RtpCapabilities, client?: string) => ({
  layout: payloadLayout(capabilities),
  client,
});

/** A client with VP8 under a payload type of its own. */
function client(preferredPayloadType: number): RtpCapabilities {
  const rtcpFeedback = [{ type: 'nack', parameter: 'pli' }];
  const vp8 = {
    kind: 'video',
    mimeType: 'video/VP8',
    clockRate: 90_000,
    preferredPayloadType,
    rtcpFeedback,
  } as const;
  const opus = {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    preferredPayloadType: 63,
  } as const;
  return { codecs: [vp8, opus] };
}

/** A VP8 track on the origin. */
async function liveTrack(): Promise<BroadcastTrack> {
  const inputs = await rtpInputs('VP8');
  const [input] = inputs;
  if (!input) throw new Error('There is no input');
  const transport = await seat.router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1', port: input.port },
    rtcpMux: true,
    comedia: true,
  });
  const { ssrc, payloadType } = input;
  const codec: RtpCodecParameters = { mimeType: 'video/VP8', clockRate: 90_000, payloadType };
  const producer = await transport.produce({
    kind: 'video',
    rtpParameters: { codecs: [codec], encodings: [{ ssrc }] },
  });
  pushers.push(pushRtp(...inputs));
  return { producer, layers: [] };
}

/** The payload types of packets as a client with these capabilities receives them. */
async function received(outlet: Outlet, track: BroadcastTrack, capabilities: RtpCapabilities) {
  const carried = await outlet.carry(track);
  if (!carried) throw new Error('The outlet does not carry the track');
  const transport = await outlet.seat.router.createDirectTransport();
  const consumer = await transport.consume({
    producerId: carried.producer.id,
    rtpCapabilities: layoutCapabilities(payloadLayout(capabilities), capabilities),
  });
  const payloadTypes = new Set<number>();
  consumer.on('rtp', (packet) => payloadTypes.add(packet.readUInt8(1) & 0x7f));
  return payloadTypes;
}

it('forwards under the payload types of the client', async () => {
  const track = await liveTrack();
  const { outlet } = await outlets.enter(wish(client(96)));
  const payloadTypes = await received(outlet, track, client(96));
  await vi.waitFor(() => expect([...payloadTypes]).toEqual([96]), generous);
});

it('pipes a producer once for all viewers of a layout, and ends the copy with it', async () => {
  const track = await liveTrack();
  const first = await outlets.enter(wish(client(96)));
  const second = await outlets.enter(wish({ codecs: client(96).codecs?.slice(0, 1) ?? [] }));
  expect(second.outlet).toBe(first.outlet);
  expect(outlets.size).toBe(1);
  const [one, other] = await Promise.all([first.outlet.carry(track), second.outlet.carry(track)]);
  expect(other?.producer).toBe(one?.producer);
  expect(census.counts).toMatchObject({ producers: 2, consumers: 1 });
  await track.producer.pause();
  await vi.waitFor(() => expect(one?.producer.paused).toBe(true), generous);
  await track.producer.resume();
  await vi.waitFor(() => expect(one?.producer.paused).toBe(false), generous);
  track.producer.close();
  await vi.waitFor(() => expect(census.counts).toMatchObject({ producers: 0, consumers: 0 }), generous);
});

it('uses the origin for those who have its payload types, and carries only what the client can take', async () => {
  const { outlet } = await outlets.enter(wish(client(101)));
  expect(outlets.size).toBe(1);
  const track = await liveTrack();
  const audioOnly = await outlets.enter(wish({ codecs: client(101).codecs?.slice(1) ?? [] }));
  expect(audioOnly.outlet).toBe(outlet);
  const origin = await outlets.enter(wish({ codecs: client(101).codecs?.slice(0, 1) ?? [] }));
  expect(origin.outlet.seat.router).toBe(seat.router);
  expect((await origin.outlet.carry(track))?.producer).toBe(track.producer);
  const h264 = { ...client(96).codecs?.[0], mimeType: 'video/H264' };
  const other = await outlets.enter(
    wish({ codecs: [{ ...h264, kind: 'video', clockRate: 90_000, preferredPayloadType: 96 }] }),
  );
  expect(await other.outlet.carry(track)).toBeUndefined();
});

it('bounds the layouts of one client, so that others have theirs', async () => {
  for (let index = 0; index < 8; index += 1) await outlets.enter(wish(client(35 + index), 'a'));
  await expect(outlets.enter(wish(client(96), 'a'))).rejects.toMatchObject({ code: 'not-acceptable' });
  expect((await outlets.enter(wish(client(35), 'a'))).outlet.seat.router.closed).toBe(false);
  expect((await outlets.enter(wish(client(96), 'b'))).outlet.seat.router.closed).toBe(false);
});

it('bounds the layouts, and gives the place of an idle one to the next', async () => {
  const berths = [];
  for (let index = 0; index < 24; index += 1) berths.push(await outlets.enter(wish(client(35 + index))));
  await expect(outlets.enter(wish(client(127)))).rejects.toMatchObject({ code: 'not-acceptable' });
  berths[3]?.leave();
  berths[3]?.leave();
  const { outlet } = await outlets.enter(wish(client(127)));
  expect(outlet.seat.router.closed).toBe(false);
  expect(outlets.size).toBe(24);
  expect(berths[3]?.outlet.seat.router.closed).toBe(true);
});

it('goes with its origin', async () => {
  const track = await liveTrack();
  const { outlet, leave } = await outlets.enter(wish(client(96)));
  await outlet.carry(track);
  seat.router.close();
  await vi.waitFor(() => expect(outlets.size).toBe(0), generous);
  expect(outlet.seat.router.closed).toBe(true);
  leave();
});
