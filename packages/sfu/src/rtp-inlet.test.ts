import type { Playback, RtpInput } from '@spillway/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { publishedCapabilities } from './conversions.ts';
import type { Room } from './room.ts';
import type { RtpInletOptions } from './rtp-inlet.ts';
import type { Sfu } from './sfu.ts';
import { takeCensus } from './test-support/census.ts';
import { pushRtp, rtpInputs } from './test-support/rtp-pusher.ts';
import { startSfu } from './test-support/start-sfu.ts';

const generous = { timeout: 15_000, interval: 20 };

let census: ReturnType<typeof takeCensus>;
let sfu: Sfu;
let room: Room;
let pushers: { stop(): void }[];

beforeEach(async () => {
  pushers = [];
  census = takeCensus();
  sfu = await startSfu();
  room = await sfu.createRoom('cam');
});

afterEach(() => {
  for (const pusher of pushers) pusher.stop();
  sfu?.close();
  census.end();
  expect(census.counts).toEqual({ workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 });
});

function push(...inputs: readonly RtpInput[]): void {
  pushers.push(pushRtp(...inputs));
}

/** Opens an inlet and notes what it tells. */
async function open(
  inputs: readonly RtpInput[],
  options: Partial<RtpInletOptions> = {},
  owner: { resume?: string } = {},
) {
  const told = { onReady: vi.fn(), onLive: vi.fn(), onRefused: vi.fn(), onClosed: vi.fn() };
  const inlet = await room.openInlet({ inputs, listenAddress: '127.0.0.1', ...told, ...options }, owner);
  return { inlet, ...told };
}

const producerOf = (kind: 'audio' | 'video') => room.broadcast?.tracks.get(kind)?.producer;

it('takes layers as one simulcast producer, of which a viewer chooses', async () => {
  const inputs = await rtpInputs('VP8', 'VP8', 'VP8', 'opus');
  const layers = [
    { width: 320, height: 180, bitrate: 150_000.4 },
    { width: 640, height: 360 },
    { width: 1280, height: 720, bitrate: 2_000_000 },
  ];
  const { onLive, inlet } = await open(inputs, { layers });
  push(...inputs);
  await vi.waitFor(() => expect(onLive).toHaveBeenCalledOnce(), generous);
  expect(census.counts).toMatchObject({ transports: 2, producers: 2 });
  expect(producerOf('video')?.type).toBe('simulcast');
  const viewer = room.addViewer('v1', publishedCapabilities);
  const { consumers } = await room.watch(viewer);
  expect(consumers.find(({ kind }) => kind === 'video')).toMatchObject({
    type: 'simulcast',
    layers: [
      { width: 320, height: 180, maxBitrate: 150_000 },
      { width: 640, height: 360 },
      { width: 1280, height: 720, maxBitrate: 2_000_000 },
    ],
  });
  await viewer.setLayer(1);
  expect(viewer.consumers.find(({ kind }) => kind === 'video')?.preferredLayers?.spatialLayer).toBe(1);
  await vi.waitFor(async () => {
    const scores = producerOf('video')?.score.filter(({ score }) => score > 0);
    expect(scores?.map(({ encodingIdx }) => encodingIdx).sort()).toEqual([0, 1, 2]);
  }, generous);
  const { video } = await inlet.received();
  expect(video).toBeGreaterThan(0);
});

it('refuses layers that do not fit the inputs and leaves nothing behind', async () => {
  const layer = { width: 320, height: 180 };
  const two = await rtpInputs('VP8', 'VP8');
  const [video, ...others] = two;
  const elsewhere = await rtpInputs('VP8');
  if (!video) throw new Error('There is no input');
  for (const [inputs, layers] of [
    [two, [layer]],
    [
      [video, ...elsewhere],
      [layer, layer],
    ],
    [[{ ...video, codec: 'VP9' }], [layer]],
    [
      [video, ...others.map((input) => ({ ...input, codec: 'H264' as const }))],
      [layer, layer],
    ],
    [await rtpInputs('opus'), []],
  ] as const) {
    await expect(open(inputs, { layers })).rejects.toThrow('layers of an inlet');
  }
  expect(census.counts).toMatchObject({ transports: 0, producers: 0 });
});

it.each(['PCMU', 'PCMA'] as const)('copies the %s of a camera', async (codec) => {
  const inputs = await rtpInputs('VP8', codec);
  const { onLive } = await open(inputs);
  push(...inputs);
  await vi.waitFor(() => expect(onLive).toHaveBeenCalledOnce(), generous);
  await vi.waitFor(() => expect(room.broadcast?.info.audioCodec).toBe(codec), generous);
  const viewer = room.addViewer('v1', publishedCapabilities);
  const { consumers } = await room.watch(viewer);
  const audio = consumers.find(({ kind }) => kind === 'audio');
  expect(audio?.rtpParameters.codecs).toEqual([
    expect.objectContaining({
      mimeType: `audio/${codec}`,
      payloadType: codec === 'PCMU' ? 0 : 8,
      clockRate: 8000,
    }),
  ]);
});

it('counts by kind what it takes, and nothing of strangers', async () => {
  const inputs = await rtpInputs('VP8', 'opus');
  const [video, audio] = inputs;
  if (!video || !audio) throw new Error('There are no inputs');
  const { inlet } = await open(inputs);
  expect(await inlet.received()).toEqual({ video: 0, audio: 0 });
  const sender = pushRtp(audio);
  await vi.waitFor(async () => expect((await inlet.received()).audio).toBeGreaterThan(0), generous);
  expect((await inlet.received()).video).toBe(0);
  push(video);
  await vi.waitFor(async () => expect((await inlet.received()).video).toBeGreaterThan(0), generous);

  sender.stop();
  const before = await inlet.received();
  // From another address; and from the right one, with another SSRC.
  push(audio, { ...video, ssrc: video.ssrc + 100 });
  await vi.waitFor(
    async () => expect((await inlet.received()).video).toBeGreaterThan(before.video + 1000),
    generous,
  );
  const after = await inlet.received();
  const settled = after.audio;
  await vi.waitFor(
    async () => expect((await inlet.received()).video).toBeGreaterThan(after.video + 1000),
    generous,
  );
  expect((await inlet.received()).audio).toBe(settled);
});

it('that is held leaves the room alone until it is released', async () => {
  const inputs = await rtpInputs('VP8', 'opus');
  const { inlet, onReady, onLive } = await open(inputs, { hold: true });
  push(...inputs);
  await vi.waitFor(() => expect(onReady).toHaveBeenCalledOnce(), generous);
  expect(room.state).toBe('offline');
  expect(room.broadcast).toBeUndefined();
  expect(onLive).not.toHaveBeenCalled();
  inlet.release();
  inlet.release();
  expect(onLive).toHaveBeenCalledOnce();
  expect(room.state).toBe('live');
  await vi.waitFor(() => expect([...(room.broadcast?.tracks.keys() ?? [])]).toContain('audio'), generous);
  expect(onReady).toHaveBeenCalledOnce();
  inlet.close();
  inlet.release();
  expect(room.state).toBe('interrupted');
});

it('that is released before its media comes takes the room when it comes', async () => {
  const inputs = await rtpInputs('VP8');
  const { inlet, onReady, onLive } = await open(inputs, { hold: true });
  inlet.release();
  expect(onLive).not.toHaveBeenCalled();
  push(...inputs);
  await vi.waitFor(() => expect(onLive).toHaveBeenCalledOnce(), generous);
  expect(onReady).not.toHaveBeenCalled();
});

it('that is held late is held, unless it is live', async () => {
  const inputs = await rtpInputs('VP8');
  const { inlet, onReady, onLive } = await open(inputs);
  inlet.hold();
  push(...inputs);
  await vi.waitFor(() => expect(onReady).toHaveBeenCalledOnce(), generous);
  expect(onLive).not.toHaveBeenCalled();
  inlet.release();
  inlet.hold();
  inlet.release();
  expect(onLive).toHaveBeenCalledOnce();
  expect(room.state).toBe('live');
});

it('that is released while another broadcasts is refused', async () => {
  const inputs = await rtpInputs('VP8');
  const { inlet, onReady, onLive, onRefused } = await open(inputs, { hold: true });
  push(...inputs);
  await vi.waitFor(() => expect(onReady).toHaveBeenCalledOnce(), generous);
  await room.openBroadcaster({ broadcaster: 'browser' });
  inlet.release();
  expect(onRefused).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/has a broadcaster already/));
  expect(onLive).not.toHaveBeenCalled();
});

it('takes over from another of its owner; what only that one had goes with it', async () => {
  const owner = {};
  const backupInputs = await rtpInputs('VP8', 'opus');
  const backup = await open(backupInputs, {}, owner);
  push(...backupInputs);
  await vi.waitFor(() => expect([...(room.broadcast?.tracks.keys() ?? [])]).toHaveLength(2), generous);
  const { broadcast } = room;
  const viewer = room.addViewer('v1', publishedCapabilities);
  const playbacks: Playback[] = [];
  viewer.on('playback', (playback) => playbacks.push(playback));
  await room.watch(viewer);
  const [backupVideo, backupAudio] = [producerOf('video'), producerOf('audio')];

  const primaryInputs = await rtpInputs('VP8');
  const primary = await open(primaryInputs, { hold: true }, owner);
  push(...primaryInputs);
  await vi.waitFor(() => expect(primary.onReady).toHaveBeenCalledOnce(), generous);
  expect(producerOf('video')).toBe(backupVideo);
  primary.inlet.release();
  expect(primary.onLive).toHaveBeenCalledOnce();
  expect(room.broadcast).toBe(broadcast);
  const primaryVideo = producerOf('video');
  expect(primaryVideo).not.toBe(backupVideo);
  expect(producerOf('audio')).toBe(backupAudio);

  backup.inlet.close();
  expect(room.state).toBe('live');
  expect(producerOf('video')).toBe(primaryVideo);
  expect(primaryVideo?.closed).toBe(false);
  expect(producerOf('audio')).toBeUndefined();
  await vi.waitFor(() => expect(playbacks.at(-1)?.kinds).toEqual(['video']), generous);
  expect(playbacks.at(-1)?.state).toBe('live');
  expect(viewer.consumers.map(({ producerId }) => producerId)).toEqual([primaryVideo?.id]);
  expect(playbacks.every(({ state }) => state === 'live')).toBe(true);

  // And back.
  const again = await open(backupInputs, {}, owner);
  push(...backupInputs);
  await vi.waitFor(() => expect(again.onLive).toHaveBeenCalledOnce(), generous);
  primary.inlet.close();
  expect(room.broadcast).toBe(broadcast);
  expect(room.state).toBe('live');
  await vi.waitFor(() => expect([...(room.broadcast?.tracks.keys() ?? [])]).toHaveLength(2), generous);
  expect(backup.onClosed).not.toHaveBeenCalled();
});

it('that was overtaken adds no track that comes late', async () => {
  const owner = {};
  const backupInputs = await rtpInputs('VP8', 'opus');
  const [backupVideo, backupAudio] = backupInputs;
  if (!backupVideo || !backupAudio) throw new Error('There are no inputs');
  const backup = await open(backupInputs, {}, owner);
  push(backupVideo);
  await vi.waitFor(() => expect(backup.onLive).toHaveBeenCalledOnce(), generous);
  const primaryInputs = await rtpInputs('VP8', 'PCMU');
  const primary = await open(primaryInputs, {}, owner);
  push(...primaryInputs);
  await vi.waitFor(() => expect(primary.onLive).toHaveBeenCalledOnce(), generous);
  await vi.waitFor(() => expect(room.broadcast?.info.audioCodec).toBe('PCMU'), generous);
  const tracks = [producerOf('video'), producerOf('audio')];

  push(backupAudio);
  await vi.waitFor(async () => expect((await backup.inlet.received()).audio).toBeGreaterThan(500), generous);
  expect([producerOf('video'), producerOf('audio')]).toEqual(tracks);
  backup.inlet.close();
  expect([producerOf('video'), producerOf('audio')]).toEqual(tracks);
  expect(tracks.map((producer) => producer?.closed)).toEqual([false, false]);
});

it('of all its owner has is told when the broadcast is ended', async () => {
  const owner = {};
  const [first, second] = [await rtpInputs('VP8'), await rtpInputs('VP8')];
  const inlets = [await open(first, {}, owner), await open(second, {}, owner)];
  push(...first);
  push(...second);
  for (const { onLive } of inlets) await vi.waitFor(() => expect(onLive).toHaveBeenCalledOnce(), generous);
  room.broadcast?.end('stopped');
  for (const { onClosed } of inlets) {
    expect(onClosed).toHaveBeenCalledExactlyOnceWith('its broadcast was ended');
  }
  expect(room.state).toBe('offline');
});

it('a room tells how many viewers it has when one comes or goes', async () => {
  const counts: number[] = [];
  room.on('viewers', (count) => counts.push(count));
  const first = room.addViewer('v1', publishedCapabilities);
  room.addViewer('v2', publishedCapabilities);
  first.close('gone');
  first.close('gone');
  expect(counts).toEqual([1, 2, 1]);
  room.close('done');
  expect(counts).toEqual([1, 2, 1]);
  expect(room.viewers.size).toBe(0);
});
