import { fetchCapabilities, LoadViewer, signalingEntry } from '@spillway/loadgen';
import type { RoomInfo, RoomSourceConfig, RoomSourceStatus, WorkerInfo } from '@spillway/protocol';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RtspServer, startCamera } from './support/camera.ts';
import { makeClip } from './support/clips.ts';
import { programsOf } from './support/process-facts.ts';
import { RawSignaling } from './support/raw-signaling.ts';
import { useServer } from './support/server.ts';
import { SourceRoom } from './support/source-room.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({
  config: { demo: { enabled: false }, broadcast: { graceSeconds: 1 } },
  sources: { allowLocalAddresses: true },
});

const LIMIT = 45_000;

/** Cost little CPU. */
const pattern = { type: 'test', width: 160, height: 90, frameRate: 10, bitrate: 100_000 } as const;
const file = { type: 'file', file: 'clip.mp4' } as const;

beforeAll(() => makeClip(server, { path: 'clip.mp4' }));

function camera(): Promise<RtspServer> {
  return startCamera({ mounts: { '/live': 'h264' } });
}

function pids(name = 'ffmpeg'): number[] {
  return programsOf(server, name).map(({ pid }) => pid);
}

/** Waits until so many FFmpeg run, and no ffprobe. */
async function whenPrograms(count: number): Promise<void> {
  const running = () => programsOf(server).map(({ name, args }) => `${name} ${args.slice(-4).join(' ')}`);
  await waitFor(
    `${count} FFmpeg`,
    () => pids().length === count && pids('ffprobe').length === 0,
    LIMIT,
    running,
  );
}

/** A viewer that receives video. */
async function watch(room: string): Promise<LoadViewer> {
  const capabilities = await fetchCapabilities(server.url);
  const viewer = new LoadViewer(signalingEntry({ server: server.url, room, capabilities }));
  onTestFinished(() => viewer.close());
  await viewer.join();
  await waitFor(`a key frame of ${room}`, () => viewer.times.firstKeyFrame !== undefined, LIMIT);
  return viewer;
}

/** Waits until a viewer has a key frame that it has not had. */
async function whenPlaysAgain(viewer: LoadViewer, before: number): Promise<void> {
  await waitFor('a new key frame', () => viewer.counts.video.keyFrames > before, LIMIT);
}

function errorsLogged(): string[] {
  return server.log.split('\n').filter((line) => /"level":(50|60)/.test(line));
}

/** Numbers that look random, the same in each run. */
function* dice(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 0x7fff_ffff;
    yield state;
  }
}

test('a hundred quick changes in several rooms at once leave what was asked for last', async () => {
  const url = (await camera()).url('/live');
  /** With the FFmpeg that each runs. */
  const configs: readonly (readonly [RoomSourceConfig, number])[] = [
    [pattern, 1],
    [file, 1],
    [{ type: 'rtsp', url }, 1],
    [{ type: 'srt' }, 1],
    [{ type: 'rtmp' }, 0],
    [{ type: 'rtp' }, 0],
    [{ ...pattern, onDemand: true }, 0],
  ];
  const churn = async (room: string, seed: number) => {
    const path = `/rooms/${room}/source`;
    const numbers = dice(seed);
    let now: { config: RoomSourceConfig; programs: number; stopped: boolean } | undefined;
    for (let change = 0; change < 25; change += 1) {
      const number = numbers.next().value;
      const [config = pattern, programs = 1] = configs[number % configs.length] ?? [];
      const kind = (['put', 'put', 'delete', 'start', 'stop'] as const)[(number >> 8) % 5];
      if (kind === 'put') {
        expect((await server.api('PUT', path, config)).status).toBe(200);
        now = { config, programs, stopped: false };
      } else if (kind === 'delete') {
        expect((await server.api('DELETE', path)).status).toBe(204);
        now = undefined;
      } else {
        const { status } = await server.api('POST', `${path}/${kind}`);
        expect(status).toBe(now ? 200 : 404);
        if (now) now.stopped = kind === 'stop';
      }
    }
    const { status, body } = await server.api<RoomSourceStatus>('GET', path);
    expect(status).toBe(now ? 200 : 404);
    if (now) expect(body).toMatchObject({ config: { type: now.config.type }, stopped: now.stopped });
    return now && !now.stopped ? now.programs : 0;
  };
  const rooms = ['churn-a', 'churn-b', 'churn-c', 'churn-d'];
  for (const room of rooms) await SourceRoom.create(server, room);
  const programs = await Promise.all(rooms.map((room, index) => churn(room, 17 + index)));
  await whenPrograms(programs.reduce((sum, each) => sum + each, 0));
  for (const room of rooms) await server.api('DELETE', `/rooms/${room}/source`);
  await whenPrograms(0);
  for (const room of rooms) {
    const { body } = await server.api<RoomInfo>('GET', `/rooms/${room}`);
    expect(body.state, 'nothing of a source that is gone').toBe('offline');
  }
  expect(errorsLogged()).toEqual([]);
});

test('a change that is refused leaves the source as it was', async () => {
  const room = await SourceRoom.play(server, 'kept', pattern);
  const viewer = await watch('kept');
  await room.whenState('live');
  const before = pids();
  for (const wrong of [
    { type: 'nothing' },
    { ...pattern, width: 1 },
    { type: 'rtsp', url: 'http://127.0.0.1/' },
    { type: 'rtp', sdp: 'no SDP' },
    { ...pattern, backups: [{ type: 'rtp', sdp: 'v=0' }] },
  ]) {
    const { status } = await server.api('PUT', '/rooms/kept/source', wrong);
    expect(status, JSON.stringify(wrong)).toBe(400);
  }
  expect(pids()).toEqual(before);
  expect(viewer.watches).toBe(1);

  // Most of the ports go to others.
  const many = Array.from({ length: 8 }, () => ({ type: 'rtp' as const }));
  for (const name of ['many-a', 'many-b']) {
    await SourceRoom.play(server, name, { type: 'rtp', failoverSeconds: 60, backups: many });
  }
  const keyFrames = viewer.counts.video.keyFrames;
  const { status, body } = await server.api('PUT', '/rooms/kept/source', { ...pattern, backups: many });
  expect(status).toBe(429);
  expect(body.detail).toMatch(/No free pair of UDP ports/);
  const after = await room.whenState('live');
  expect(after).toMatchObject({ stopped: false, backups: [], config: pattern });
  await whenPlaysAgain(viewer, keyFrames);
  await whenPrograms(1);
});

test('a restart, in order or not, brings all sources back as they were', async () => {
  // Its source comes last, and wants nothing back.
  const late = await SourceRoom.create(server, 'back-pattern');
  const rooms = {
    rtp: await SourceRoom.play(server, 'back-rtp', { type: 'rtp' }),
    srt: await SourceRoom.play(server, 'back-srt', { type: 'srt' }),
    rtmp: await SourceRoom.play(server, 'back-rtmp', { type: 'rtmp', backups: [{ type: 'srt' }] }),
    file: await SourceRoom.play(server, 'back-file', { ...file, backups: [{ type: 'slate' }] }),
    pattern: late,
  };
  await late.set(pattern);
  const describe = async () => {
    const all = await Promise.all(Object.values(rooms).map((room) => room.status()));
    return all.map(({ config, stopped, push, inputs, commands, backups }) => ({
      ...{ config, stopped, push, inputs, commands },
      backups: backups.map((backup) => ({ config: backup.config, push: backup.push })),
    }));
  };
  await rooms.file.stop();
  const before = await describe();
  expect(before.map(({ stopped }) => stopped)).toEqual([false, false, false, true, false]);
  await server.stop();
  await server.start();
  expect(await describe()).toEqual(before);
  await rooms.pattern.whenState('live');
  expect((await rooms.file.status()).state).toBe('idle');

  await rooms.file.start();
  await rooms.rtp.stop();
  await rooms.pattern.stop();
  const changed = await describe();
  expect(changed.map(({ stopped }) => stopped)).toEqual([true, false, false, false, true]);
  await server.kill();
  await server.expectNothingLeft();
  await server.start();
  expect(await describe()).toEqual(changed);
  await rooms.file.whenState('live');
  // The file and the SRT listener.
  await whenPrograms(2);
});

test("sources are live again for the same viewers after their worker's death", async () => {
  const url = (await camera()).url('/live');
  const configs: Record<string, RoomSourceConfig> = {
    'worker-camera': { type: 'rtsp', url },
    'worker-file': file,
    'worker-layers': { type: 'rtsp', url, layers: ['180p'] },
    'worker-backup': { type: 'rtp', failoverSeconds: 0, backups: [pattern] },
  };
  const rooms = await Promise.all(
    Object.entries(configs).map(([name, config]) => SourceRoom.play(server, name, config)),
  );
  const viewers = await Promise.all(rooms.map(({ name }) => watch(name)));
  for (const room of rooms) await room.when('on air', ({ onAir }) => onAir !== null);
  const before = pids();
  const { workers } = (await server.api<{ workers: WorkerInfo[] }>('GET', '/workers')).body;
  const keyFrames = viewers.map((viewer) => viewer.counts.video.keyFrames);
  for (const { pid } of workers) process.kill(pid ?? Number.NaN, 'SIGKILL');
  await Promise.all(viewers.map((viewer, index) => whenPlaysAgain(viewer, keyFrames[index] ?? 0)));
  for (const viewer of viewers) expect(viewer.watches).toBe(2);
  for (const room of rooms) {
    const { restarts } = await room.when('on air', ({ onAir }) => onAir !== null);
    expect(restarts, `restarts of ${room.name}`).toBe(0);
  }
  expect(pids(), 'FFmpeg goes on').toEqual(before);
});

test('the end of the server ends all its children, also those that do not listen', async () => {
  const real = await camera();
  const frozen = await camera();
  await SourceRoom.play(server, 'end-srt', { type: 'srt' });
  const rooms = [
    await SourceRoom.play(server, 'end-pattern', pattern),
    await SourceRoom.play(server, 'end-camera', { type: 'rtsp', url: real.url('/live') }),
  ];
  for (const room of rooms) await room.whenState('live');
  for (const pid of pids()) process.kill(pid, 'SIGSTOP');
  // It is being examined when the end comes.
  frozen.freeze();
  await SourceRoom.play(server, 'end-frozen', { type: 'rtsp', url: frozen.url('/live') });
  // Fails when something is left, or it takes too long to be in order.
  await server.stop();
  await server.start();
  frozen.thaw();
});

test('a source waits while somebody broadcasts in its room, and comes by itself when that is over', async () => {
  const room = await SourceRoom.play(server, 'taken', { ...pattern, failoverSeconds: 0, backups: [pattern] });
  await room.whenOnAir(0);
  const viewer = await watch('taken');
  const broadcaster = await RawSignaling.open(server.signalingUrl('taken'));
  onTestFinished(() => broadcaster.close());
  const claim = { credential: server.token, takeover: true };
  expect(await broadcaster.request('broadcast', claim)).toMatchObject({ ok: true });
  const { onAir } = await room.when('a reason', ({ reason }) => /broadcaster already/.test(reason));
  expect(onAir).toBeNull();
  await room.when('the backup rests', ({ backups }) => backups.every(({ state }) => state === 'idle'));
  await whenPrograms(1);
  await server.api('POST', '/rooms/taken/source/stop');
  await whenPrograms(0);
  expect((await server.api<RoomInfo>('GET', '/rooms/taken')).body.broadcast?.broadcaster).not.toBe('source');
  await room.start();
  await room.when('a reason', ({ reason }) => /broadcaster already/.test(reason));
  const keyFrames = viewer.counts.video.keyFrames;
  expect(await broadcaster.request('end', {})).toMatchObject({ ok: true });
  await room.whenOnAir(0);
  await whenPlaysAgain(viewer, keyFrames);
  expect(viewer.watches).toBe(1);
});

test('a stopped source leaves its room offline at once', async () => {
  const room = await SourceRoom.play(server, 'offline', pattern);
  for (let round = 0; round < 5; round += 1) {
    await room.whenOnAir(0);
    await room.stop();
    await whenPrograms(0);
    expect((await server.api<RoomInfo>('GET', '/rooms/offline')).body.state).toBe('offline');
    await room.start();
  }
});

test('a room that is removed takes its running source along', async () => {
  const url = (await camera()).url('/live');
  const configs: RoomSourceConfig[] = [
    { type: 'rtsp', url, layers: ['180p'] },
    { type: 'srt', backups: [pattern], failoverSeconds: 0 },
  ];
  for (const config of configs) {
    const room = await SourceRoom.play(server, 'removed', config);
    const viewer = await watch('removed');
    let gone = '';
    viewer.once('closed', (reason) => {
      gone = reason;
    });
    await room.when('on air', ({ onAir }) => onAir !== null);
    expect((await server.api('DELETE', '/rooms/removed')).status).toBe(204);
    await whenPrograms(0);
    await waitFor('the viewer to be told', () => gone);
    expect((await server.api('GET', '/rooms/removed/source')).status).toBe(404);
  }
});
