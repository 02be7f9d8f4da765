import { Fleet, type FleetTarget, RtpPush, sampleBetween } from '@spillway/loadgen';
import type { RoomSourceStatus } from '@spillway/protocol';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useServer } from './support/server.ts';
import { metric } from './support/server-metrics.ts';
import { waitFor } from './support/wait-for.ts';
import { viewerCount } from './support/watched-room.ts';
import { whenRoomIsLive } from './support/whep-room.ts';

const room = 'stage';
const PRESENT = 10;
const STORM = 100;

const server = useServer({
  workers: 2,
  config: {
    demo: { enabled: false },
    // A machine that is busy with other tests makes pauses that no encoder makes.
    rooms: [{ name: room, source: { type: 'rtp', audio: false, stallSeconds: 60 } }],
  },
});
let push: RtpPush;

beforeAll(async () => {
  const { body } = await server.api<RoomSourceStatus>('GET', `/rooms/${room}/source`);
  const input = body.inputs?.find(({ codec }) => codec === 'VP8');
  if (!input) throw new Error('the source takes no VP8');
  const { port, rtcpPort, ssrc, payloadType } = input;
  push = new RtpPush({ port, rtcpPort, ssrc, payloadType });
  push.start();
  await whenRoomIsLive(server, room);
  return () => push.close();
});

async function startFleet(processes: number): Promise<Fleet> {
  const target: FleetTarget = { kind: 'signaling', server: server.url, rooms: [room] };
  const fleet = await Fleet.start({ target, processes });
  onTestFinished(() => fleet.kill());
  return fleet;
}

async function whenPlaying(fleet: Fleet, viewers: number): Promise<void> {
  await waitFor(
    `${viewers} viewers to play`,
    async () => (await fleet.sample()).playing === viewers,
    45_000,
    () => fleet.sample(),
  );
}

test(`${STORM} viewers join at once, and nobody who plays notices`, async () => {
  const present = await startFleet(1);
  present.join(PRESENT);
  await whenPlaying(present, PRESENT);
  const storm = await startFleet(2);

  const before = await present.sample();
  storm.join(STORM);
  await whenPlaying(storm, STORM);
  const joined = await storm.sample();
  expect(joined).toMatchObject({ joined: STORM, gone: 0, refused: 0, reasons: [] });

  // All of those who were there go on, picture after picture.
  const frames = push.frames;
  await waitFor('more pictures', () => push.frames > frames + 30);
  const during = sampleBetween(before, await present.sample());
  expect(during.gone).toBe(0);
  // The sockets of the viewers overflow where a busy machine keeps their process waiting; a storm would cost far more.
  expect(during.video.lost).toBeLessThan(during.video.packets / 100);
  expect(await present.sample()).toMatchObject({ present: PRESENT, playing: PRESENT });
  expect(during.video.keyFrames).toBeGreaterThanOrEqual(PRESENT);
  const { freezes, longestFreeze, video } = during;
  process.stdout.write(
    `      ${video.frames} frames of ${PRESENT} viewers during the storm, ${freezes} freezes, the longest ${longestFreeze} s\n`,
  );

  expect(await metric(server, 'spillway_joins_waiting')).toBe(0);
  expect(await metric(server, 'spillway_joins_refused_total')).toBe(0);
  expect(await metric(server, 'spillway_join_wait_seconds_count')).toBe(PRESENT + STORM);
  expect(await viewerCount(server, room)).toBe(PRESENT + STORM);

  await storm.stop();
  await waitFor('the storm to be gone', async () => (await viewerCount(server, room)) === PRESENT);
  await present.stop();
});
