import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Playback } from '@spillway/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishedCapabilities } from './conversions.ts';
import type { Room } from './room.ts';
import type { Sfu } from './sfu.ts';
import { takeCensus } from './test-support/census.ts';
import { pushRtp, rtpInputs, vp8Input } from './test-support/rtp-pusher.ts';
import { startSfu } from './test-support/start-sfu.ts';

const generous = { timeout: 15_000, interval: 20 };

describe('Sfu', () => {
  let census: ReturnType<typeof takeCensus>;
  let sfu: Sfu;

  beforeEach(() => {
    census = takeCensus();
  });

  afterEach(() => {
    sfu?.close();
    census.end();
    expect(census.counts).toEqual({ workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 });
  });

  /** A room in which VP8 key frames arrive. */
  async function liveRoom(name: string): Promise<{ room: Room; stop(): void }> {
    const room = await sfu.createRoom(name);
    const onLive = vi.fn();
    const input = await vp8Input();
    const inlet = await room.openInlet(
      { inputs: [input], listenAddress: '127.0.0.1', onLive, onRefused: vi.fn(), onClosed: vi.fn() },
      {},
    );
    const pusher = pushRtp(input);
    await vi.waitFor(() => expect(onLive).toHaveBeenCalledOnce(), generous);
    return {
      room,
      stop() {
        pusher.stop();
        inlet.close();
      },
    };
  }

  it('spreads rooms over the workers', async () => {
    sfu = await startSfu({ workers: 2 });
    await sfu.createRoom('a');
    await sfu.createRoom('b');
    expect(sfu.describeWorkers().map(({ rooms, state }) => [rooms, state])).toEqual([
      [1, 'up'],
      [1, 'up'],
    ]);
    expect(sfu.getRoom('a')?.workerIndex).not.toBe(sfu.getRoom('b')?.workerIndex);
  });

  it('refuses a name that is taken and rooms above the limit', async () => {
    sfu = await startSfu({ maxRooms: 1 });
    await sfu.createRoom('a');
    await expect(sfu.createRoom('a')).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(sfu.createRoom('b')).rejects.toMatchObject({ code: 'too-many' });
  });

  it('gives a viewer a paused consumer without congestion control, and takes all of it back', async () => {
    sfu = await startSfu();
    const { room, stop } = await liveRoom('cam');
    const before = { ...census.counts };
    const viewer = room.addViewer('v1', publishedCapabilities);
    const playback = await room.watch(viewer);
    expect(playback).toMatchObject({ state: 'live', kinds: ['video'] });
    expect(playback.transport?.iceCandidates[0]).toMatchObject({ protocol: 'udp', address: '127.0.0.1' });
    const [consumer] = playback.consumers;
    expect(consumer).toMatchObject({ kind: 'video', type: 'simple', layers: [] });
    expect(JSON.stringify(consumer?.rtpParameters)).not.toMatch(/transport-cc|transport-wide-cc|goog-remb/);
    expect(viewer.consumers[0]?.paused).toBe(true);
    expect(census.counts).toMatchObject({ transports: before.transports + 1, consumers: 1 });

    await expect(viewer.play([consumer?.id ?? ''])).rejects.toMatchObject({ code: 'wrong-state' });

    viewer.close('gone');
    viewer.close('gone');
    expect(room.viewers.size).toBe(0);
    expect(census.counts).toEqual(before);
    stop();
  });

  it('leaves nothing of viewers that go in the middle of a join, whenever that is', async () => {
    sfu = await startSfu();
    const { room, stop } = await liveRoom('cam');
    const before = { ...census.counts };
    for (let turns = 0; turns < 60; turns += 1) {
      const viewer = room.addViewer(`v${turns}`, publishedCapabilities);
      const joined = room.watch(viewer).catch(() => {});
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      viewer.close('gone');
      await joined;
    }
    expect(room.viewers.size).toBe(0);
    await vi.waitFor(() => expect(census.counts).toEqual(before), generous);
    stop();
  });

  it('makes no transport for a viewer of an offline room, and sends it the playback when the room goes live', async () => {
    sfu = await startSfu();
    const room = await sfu.createRoom('later');
    const viewer = room.addViewer('v1', publishedCapabilities);
    expect(await room.watch(viewer)).toEqual({ state: 'offline', kinds: [], consumers: [] });
    expect(census.counts.transports).toBe(0);

    const playbacks: Playback[] = [];
    viewer.on('playback', (playback) => playbacks.push(playback));
    const input = await vp8Input();
    await room.openInlet(
      { inputs: [input], listenAddress: '127.0.0.1', onLive() {}, onRefused() {}, onClosed() {} },
      {},
    );
    const pusher = pushRtp(input);
    await vi.waitFor(() => expect(playbacks.length).toBeGreaterThan(0), generous);
    pusher.stop();
    expect(playbacks[0]).toMatchObject({ state: 'live', consumers: [{ kind: 'video' }] });
    expect(playbacks[0]?.transport).toBeDefined();
  });

  it('tells a viewer and the broadcaster when the viewer cannot decode the codec', async () => {
    sfu = await startSfu();
    const { room, stop } = await liveRoom('cam');
    const codecs = vi.fn();
    room.on('codecs', codecs);
    const onlyH264 = {
      codecs: (publishedCapabilities.codecs ?? []).filter(({ mimeType }) => mimeType === 'video/H264'),
    };
    const viewer = room.addViewer('v1', onlyH264);
    const playback = await room.watch(viewer);
    expect(playback).toMatchObject({ unsupportedCodec: 'VP8', consumers: [] });
    expect(playback.transport).toBeUndefined();
    expect(codecs).toHaveBeenCalledWith(['H264']);
    stop();
  });

  it('tells a viewer of its transport with the first that it can receive', async () => {
    sfu = await startSfu();
    const room = await sfu.createRoom('cam');
    const [video, sound] = await rtpInputs('VP8', 'opus');
    if (!video || !sound) throw new Error('there are no inputs');
    const nothing = { onLive() {}, onRefused() {}, onClosed() {} };
    await room.openInlet({ inputs: [video, sound], listenAddress: '127.0.0.1', ...nothing }, {});
    const onlyOpus = {
      codecs: (publishedCapabilities.codecs ?? []).filter(({ mimeType }) => mimeType === 'audio/opus'),
    };
    const viewer = room.addViewer('v1', onlyOpus);
    const playbacks: Playback[] = [];
    viewer.on('playback', (playback) => playbacks.push(playback));
    await room.watch(viewer);
    const pushers = [pushRtp(video)];
    await vi.waitFor(() => expect(playbacks.at(-1)?.kinds).toEqual(['video']), generous);
    expect(playbacks.map(({ transport }) => transport)).toEqual([undefined]);
    pushers.push(pushRtp(sound));
    await vi.waitFor(() => expect(playbacks.at(-1)?.consumers).toMatchObject([{ kind: 'audio' }]), generous);
    for (const pusher of pushers) pusher.stop();
    expect(playbacks.at(-1)?.transport).toBeDefined();
  });

  it('keeps the broadcast for the grace time and gives it back to its owner only', async () => {
    sfu = await startSfu();
    const room = await sfu.createRoom('cam');
    const input = await vp8Input();
    const owner: { resume?: string } = {};
    const open = async (who: { resume?: string }) => {
      const onLive = vi.fn();
      const onRefused = vi.fn();
      const inlet = await room.openInlet(
        { inputs: [input], listenAddress: '127.0.0.1', onLive, onRefused, onClosed() {} },
        who,
      );
      const pusher = pushRtp(input);
      await vi.waitFor(
        () => expect(onLive.mock.calls.length + onRefused.mock.calls.length).toBe(1),
        generous,
      );
      pusher.stop();
      return { inlet, live: onLive.mock.calls.length === 1, refusal: onRefused.mock.calls[0]?.[0] };
    };
    const first = await open(owner);
    expect(first.live).toBe(true);
    const { broadcast } = room;
    first.inlet.close();
    expect(room.state).toBe('interrupted');

    const stranger = await open({});
    expect(stranger.live).toBe(false);
    expect(stranger.refusal).toMatch(/has a broadcaster already/);
    stranger.inlet.close();

    const listeners = broadcast?.listenerCount('ended');
    const second = await open(owner);
    expect(second.live).toBe(true);
    expect(room.broadcast).toBe(broadcast);
    expect(room.state).toBe('live');
    second.inlet.close();
    expect(broadcast?.listenerCount('ended')).toBe(listeners);
  });

  it('ends the broadcast when nobody came back in the grace time', async () => {
    sfu = await startSfu({
      rooms: {
        maxViewers: 10,
        graceMs: 50,
        startMs: 10_000,
        maxIncomingBitrate: 1_000_000,
        viewerSilenceMs: 30_000,
      },
    });
    const { room, stop } = await liveRoom('cam');
    stop();
    await vi.waitFor(() => expect(room.broadcast).toBeUndefined(), generous);
    expect(room.state).toBe('offline');
  });

  it('gives the room up after the grace time when its broadcaster left before any media', async () => {
    sfu = await startSfu({
      rooms: {
        maxViewers: 10,
        graceMs: 50,
        startMs: 60_000,
        maxIncomingBitrate: 1_000_000,
        viewerSilenceMs: 30_000,
      },
    });
    const room = await sfu.createRoom('stage');
    const { broadcaster } = await room.openBroadcaster({ broadcaster: 'browser' });
    const { broadcast } = broadcaster;
    broadcast.detach(broadcast.attach());
    await vi.waitFor(() => expect(room.broadcast).toBeUndefined(), generous);
    expect(broadcaster.closed).toBe(true);
  });

  it('replaces a dead worker, rebuilds its rooms and tells viewers to watch again', async () => {
    sfu = await startSfu();
    const { room, stop } = await liveRoom('cam');
    const viewer = room.addViewer('v1', publishedCapabilities);
    await room.watch(viewer);
    const pid = sfu.workers[0]?.pid ?? 0;
    const rejoin = once(viewer, 'rejoin');
    process.kill(pid, 'SIGKILL');
    await rejoin;
    expect(sfu.workers[0]?.pid).not.toBe(pid);
    expect(sfu.workers[0]?.restarts).toBe(1);
    expect(room.closed).toBe(false);
    expect(room.state).toBe('interrupted');
    expect(census.counts).toEqual({ workers: 1, routers: 1, transports: 0, producers: 0, consumers: 0 });
    expect(await room.watch(viewer)).toMatchObject({ state: 'interrupted', consumers: [] });
    stop();
  });

  it('moves the rooms of a dead worker to one that is up', async () => {
    sfu = await startSfu({ workers: 2 });
    const room = await sfu.createRoom('a');
    const index = room.workerIndex;
    const pid = sfu.workers.find((worker) => worker.index === index)?.pid ?? 0;
    const rebuilt = once(room, 'rebuilt');
    process.kill(pid, 'SIGKILL');
    await rebuilt;
    expect(room.workerIndex).not.toBe(index);
  });

  it('removes a room with all that belongs to it', async () => {
    sfu = await startSfu();
    const { room, stop } = await liveRoom('cam');
    const viewer = room.addViewer('v1', publishedCapabilities);
    const closed = vi.fn();
    viewer.on('closed', closed);
    await room.watch(viewer);
    room.close('done');
    room.close('done');
    expect(closed).toHaveBeenCalledExactlyOnceWith('done');
    expect(sfu.getRoom('cam')).toBeUndefined();
    expect(sfu.roomCount).toBe(0);
    await vi.waitFor(
      () =>
        expect(census.counts).toEqual({ workers: 1, routers: 0, transports: 0, producers: 0, consumers: 0 }),
      generous,
    );
    stop();
  });

  it('refuses viewers above the limit of the room', async () => {
    sfu = await startSfu({
      rooms: {
        maxViewers: 1,
        graceMs: 50,
        startMs: 50,
        maxIncomingBitrate: 1_000_000,
        viewerSilenceMs: 30_000,
      },
    });
    const room = await sfu.createRoom('small');
    room.addViewer('v1', publishedCapabilities);
    expect(() => room.addViewer('v2', publishedCapabilities)).toThrow(/is full/);
  });

  it('lets another broadcaster in only by takeover', async () => {
    sfu = await startSfu();
    const room = await sfu.createRoom('stage');
    const first = await room.openBroadcaster({ broadcaster: 'browser' });
    await expect(room.openBroadcaster({ broadcaster: 'browser' })).rejects.toMatchObject({
      code: 'room-busy',
    });

    const { resume } = first.broadcaster.broadcast;
    const transportId = first.broadcaster.transportParameters.id;
    const same = await room.openBroadcaster({ broadcaster: 'browser', resume }, transportId);
    expect(same).toEqual({ broadcaster: first.broadcaster, resumed: true });
    const anew = await room.openBroadcaster({ broadcaster: 'browser', resume });
    expect(anew.resumed).toBe(false);
    expect(anew.broadcaster.broadcast).toBe(first.broadcaster.broadcast);
    expect(first.broadcaster.closed).toBe(true);
    const { broadcast } = anew.broadcaster;
    const listeners = broadcast.listenerCount('ended');
    for (let times = 0; times < 3; times += 1) await room.openBroadcaster({ broadcaster: 'browser', resume });
    expect(broadcast.listenerCount('ended')).toBe(listeners);

    const ended = vi.fn();
    broadcast.on('ended', ended);
    await room.openBroadcaster({ broadcaster: 'browser', takeover: true });
    expect(ended).toHaveBeenCalledOnce();
    expect(anew.broadcaster.closed).toBe(true);
  });
});
