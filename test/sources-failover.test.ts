import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { startCamera } from './support/camera.ts';
import { makeClip } from './support/clips.ts';
import { keepMeasurement, stopwatch } from './support/measurements.ts';
import { programsOf } from './support/process-facts.ts';
import { useServer } from './support/server.ts';
import { SourceEvents } from './support/source-events.ts';
import { expectSameViewer, SourceRoom, whenPlaying, whenSize } from './support/source-room.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ config: { demo: { enabled: false } }, sources: { allowLocalAddresses: true } });
const browser = useBrowser();

/** Costs little CPU. */
const pattern = { type: 'test', width: 320, height: 180, frameRate: 15, bitrate: 300_000 } as const;

test('backups take over from a camera that is killed, down to the slate, and give back, under one viewer', async () => {
  await makeClip(server, { path: 'backup.mp4', size: '480x270' });
  const camera = await startCamera({ mounts: { '/live': 'h264' } });
  const events = await SourceEvents.open(server);
  const room = await SourceRoom.play(server, 'camera', {
    type: 'rtsp',
    url: camera.url('/live'),
    failoverSeconds: 1,
    backups: [{ type: 'file', file: 'backup.mp4', loop: false }, { type: 'slate' }],
  });
  await room.whenOnAir(0);
  await room.when('the backups rest', ({ backups }) => backups.every(({ state }) => state === 'idle'));
  const player = await room.watch(browser);
  await whenSize(player, 640, 360);
  await whenPlaying(player);
  events.clear();

  await camera.kill();
  const sinceKilled = stopwatch();
  await whenSize(player, 480, 270);
  keepMeasurement('camera killed, failoverSeconds 1: picture of the first backup', sinceKilled(), 'ms');
  await whenPlaying(player);
  expect((await room.status()).onAir).toBe(1);

  // The file has an end.
  const { backups } = await room.whenOnAir(2);
  expect(backups[0]).toMatchObject({ state: 'idle', reason: expect.stringMatching(/end/) });
  await whenSize(player, 1280, 720);
  const { state, reason } = await room.status();
  expect(['starting', 'retrying']).toContain(state);
  expect(reason).not.toBe('');

  await startCamera({ port: camera.port, mounts: { '/live': 'h264' } });
  const sinceBack = stopwatch();
  await whenSize(player, 640, 360);
  keepMeasurement('camera back: its picture instead of the slate', sinceBack(), 'ms');
  await whenPlaying(player);
  await player.whenSounding();
  expect((await room.status()).onAir).toBe(0);
  await room.when('the backups rest', (status) => status.backups.every((each) => each.state === 'idle'));
  await waitFor('their FFmpeg to end', () => programsOf(server, 'ffmpeg').length === 1);
  expectSameViewer(player);
  expect(events.lives('camera'), 'which went live').toEqual([1, 2, 0]);
  for (const index of [1, 2]) expect(events.states('camera', index)).toEqual(['starting', 'live', 'idle']);
  expect(events.states('camera', 0).slice(-2)).toEqual(['retrying', 'live']);
}, 120_000);

test('a source on demand runs while somebody watches', async () => {
  const room = await SourceRoom.play(server, 'watched', { ...pattern, onDemand: true, stopAfterSeconds: 1 });
  expect(await room.status()).toMatchObject({ state: 'idle', onDemand: true, onAir: null });
  expect(programsOf(server, 'ffmpeg'), 'FFmpeg of a source that nobody watches').toEqual([]);
  for (const which of ['first', 'second']) {
    const sinceOpened = stopwatch();
    const player = await room.watch(browser);
    await whenPlaying(player);
    keepMeasurement(
      `on demand, ${which} viewer: from opening the page to a moving picture`,
      sinceOpened(),
      'ms',
    );
    await room.whenState('live');
    expect(programsOf(server, 'ffmpeg')).toHaveLength(1);
    expectSameViewer(player);
    await player.page.close();
    const sinceLeft = stopwatch();
    await room.whenState('idle');
    await waitFor('FFmpeg to end', () => programsOf(server, 'ffmpeg').length === 0);
    keepMeasurement('on demand: from the last viewer to no FFmpeg, stopAfterSeconds 1', sinceLeft(), 'ms');
  }
});

test('a source on demand goes on when a viewer comes back in time', async () => {
  const room = await SourceRoom.play(server, 'lingering', {
    ...pattern,
    onDemand: true,
    stopAfterSeconds: 60,
  });
  const player = await room.watch(browser);
  await whenPlaying(player);
  const [before] = programsOf(server, 'ffmpeg');
  await player.page.reload();
  await whenPlaying(player);
  const [after] = programsOf(server, 'ffmpeg');
  expect(after?.pid, 'process id of FFmpeg').toBe(before?.pid);
  expect((await room.status()).restarts).toBe(0);
});

test('the operator stops a source under its viewer, and starts it again', async () => {
  const room = await SourceRoom.play(server, 'operated', pattern);
  const player = await room.watch(browser);
  await whenPlaying(player);
  expect(await room.stop()).toMatchObject({ state: 'idle', stopped: true });
  await player.whenState('offline');
  await waitFor('FFmpeg to end', () => programsOf(server, 'ffmpeg').length === 0);
  await room.start();
  const sinceStarted = stopwatch();
  await whenPlaying(player);
  keepMeasurement('pattern started by the operator: moving picture', sinceStarted(), 'ms');
  expectSameViewer(player);
});

test('FFmpeg that is killed or frozen is replaced under its viewer', async () => {
  const events = await SourceEvents.open(server);
  const room = await SourceRoom.play(server, 'replaced', pattern);
  const player = await room.watch(browser);
  await player.whenPatternRuns();
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    events.clear();
    const { restarts } = await room.whenState('live');
    const [ffmpeg] = programsOf(server, 'ffmpeg');
    if (!ffmpeg) throw new Error('no FFmpeg runs');
    process.kill(ffmpeg.pid, signal);
    const away = await player.whenPatternFrom(Date.now(), 45_000);
    keepMeasurement(`FFmpeg got ${signal}: new picture`, away, 'ms');
    expect((await room.whenState('live')).restarts).toBe(restarts + 1);
    const noticed = signal === 'SIGKILL' ? ['retrying'] : ['stalled', 'retrying'];
    expect(events.states('replaced', 0)).toEqual([...noticed, 'live']);
    expect(programsOf(server, 'ffmpeg').map(({ pid }) => pid)).not.toContain(ffmpeg.pid);
  }
  expectSameViewer(player);
});
