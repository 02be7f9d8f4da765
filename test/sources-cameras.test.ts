import type { RtspSourceConfig, StreamAction } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { type CameraMedia, type RtspServer, startCamera } from './support/camera.ts';
import { keepMeasurement, stopwatch } from './support/measurements.ts';
import { contrast } from './support/picture.ts';
import type { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { SourceEvents } from './support/source-events.ts';
import { expectSameViewer, SourceRoom, whenPlaying, whenSize } from './support/source-room.ts';
import { together } from './support/together.ts';
import { waitFor } from './support/wait-for.ts';

const GRACE_SECONDS = 3;

const server = useServer({
  config: { demo: { enabled: false }, broadcast: { graceSeconds: GRACE_SECONDS } },
  sources: { allowLocalAddresses: true },
});
const browser = useBrowser();

/** Of the sources here, so that faults are noticed soon. */
const impatient = { stallSeconds: 2, timeoutSeconds: 3 };

/** A camera, its room and a viewer of it, playing. */
async function openCamera(
  name: string,
  media: CameraMedia,
  how: Partial<RtspSourceConfig> = impatient,
): Promise<{ camera: RtspServer; room: SourceRoom; player: PlayerPage }> {
  const camera = await startCamera({ mounts: { '/live': media } });
  const room = await SourceRoom.play(server, name, { type: 'rtsp', url: camera.url('/live'), ...how });
  const player = await room.watch(browser);
  const sinceOpened = stopwatch();
  await whenPlaying(player);
  keepMeasurement(`camera ${media}: from the first request to a moving picture`, sinceOpened(), 'ms');
  await room.whenState('live');
  return { camera, room, player };
}

/** A camera on the port of one that is gone. */
function cameraAgain(gone: RtspServer, media: CameraMedia): Promise<RtspServer> {
  return startCamera({ port: gone.port, mounts: { '/live': media } });
}

interface Kind {
  readonly media: CameraMedia;
  /** What becomes of its picture. */
  readonly video: StreamAction;
  /** What becomes of its sound. */
  readonly audio?: { readonly codec: 'opus' | 'PCMU'; readonly action: StreamAction };
}

const kinds: readonly Kind[] = [
  { media: 'h264', video: 'copy', audio: { codec: 'opus', action: 'transcode' } },
  { media: 'h264-b-frames', video: 'transcode', audio: { codec: 'opus', action: 'transcode' } },
  { media: 'h265', video: 'transcode', audio: { codec: 'opus', action: 'transcode' } },
  { media: 'mjpeg', video: 'transcode' },
  { media: 'h264-pcmu', video: 'copy', audio: { codec: 'PCMU', action: 'copy' } },
];

test('cameras of every kind are seen and heard, copied where browsers can play what they send', async () => {
  await together(Object.fromEntries(kinds.map((kind) => [kind.media, () => expectSeen(kind)])));
}, 120_000);

async function expectSeen({ media, video, audio }: Kind): Promise<void> {
  const { room, player } = await openCamera(`camera-${media}`, media, {});
  expect(await player.size()).toEqual({ width: 640, height: 360 });
  expect(await player.videoCodec()).toBe('H264');
  if (audio) await player.whenSounding();
  const sound = (await player.inbound()).filter(({ kind }) => kind === 'audio');
  const codecs = new Set(sound.map(({ codec }) => codec.toLowerCase()));
  expect([...codecs]).toEqual(audio ? [audio.codec.toLowerCase()] : []);

  const { report, cores } = await room.when('processor cores', (status) => (status.cores ?? 0) > 0);
  expect(report?.video).toMatchObject({ action: video, codec: 'H264', layers: [] });
  expect(report?.video?.reason, 'why the picture is treated so').not.toBe('');
  if (audio) expect(report?.audio).toMatchObject(audio);
  else expect(report?.audio).toBeUndefined();
  expect(report?.streams.map(({ kind }) => kind)).toEqual(audio ? ['video', 'audio'] : ['video']);
  const bFrames = report?.findings.find(({ code }) => code === 'b-frames');
  if (media === 'h264-b-frames') expect(bFrames?.cure, 'the cure').not.toBe('');
  else expect(bFrames).toBeUndefined();
  if (cores !== undefined) keepMeasurement(`camera ${media}, 640x360 at 25: FFmpeg`, cores, 'cores');
}

test('cameras that ask for a password, by digest and basic, which is in the URL or apart', async () => {
  await together({ digest: () => expectAccess('digest'), basic: () => expectAccess('basic') });
});

async function expectAccess(scheme: 'digest' | 'basic'): Promise<void> {
  const login = { username: 'viewer', password: `p@ss:w/rd ${scheme}` };
  const camera = await startCamera({ mounts: { '/live': 'h264' }, auth: { scheme, ...login } });
  const inUrl = await SourceRoom.play(server, `${scheme}-url`, {
    type: 'rtsp',
    url: camera.url('/live', login),
    ...impatient,
  });
  const inKeys = await SourceRoom.play(server, `${scheme}-keys`, {
    type: 'rtsp',
    url: camera.url('/live'),
    ...login,
    ...impatient,
  });
  await Promise.all([inUrl.whenState('live'), inKeys.whenState('live')]);
  await whenPlaying(await inUrl.watch(browser));
}

test('a wrong password is called so, and is not told', async () => {
  const auth = { scheme: 'digest', username: 'viewer', password: 'the-right-one' } as const;
  const camera = await startCamera({ mounts: { '/live': 'h264' }, auth });
  const wrong = 'certainly-not-the-right-one';
  const room = await SourceRoom.play(server, 'wrong-password', {
    type: 'rtsp',
    url: camera.url('/live', { username: 'viewer', password: wrong }),
    ...impatient,
  });
  const status = await room.when('a reason about the password', ({ reason }) => /password/i.test(reason));
  expect(status.state).not.toBe('live');
  expect(JSON.stringify(status)).not.toContain(wrong);
  expect(server.log).not.toContain(wrong);
});

test('a camera without the path says that it has none', async () => {
  const camera = await startCamera({ mounts: { '/live': 'h264' } });
  const url = camera.url('/other');
  const room = await SourceRoom.play(server, 'wrong-path', { type: 'rtsp', url, ...impatient });
  await room.when('a reason about the path', ({ reason }) => /path|not found|404/i.test(reason));
});

test('cameras that fail in whatever way play on under the viewers that they had', async () => {
  await together({
    'killed and back': expectBackAfterKill,
    'away for longer than the room waits': expectBackAfterLong,
    'back in another resolution, then in another codec': expectChanged,
    'silent, its process and connection alive': expectBackAfterSilence,
  });
}, 120_000);

async function expectBackAfterKill(): Promise<void> {
  const { camera, room, player } = await openCamera('killed', 'h264');
  const events = await SourceEvents.open(server);
  await camera.kill();
  const sinceKilled = stopwatch();
  const gone = await room.whenState('stalled', 'retrying');
  keepMeasurement('camera killed: noticed', sinceKilled(), 'ms');
  expect(gone.reason).not.toBe('');
  await player.whenState('interrupted');
  await expectPictureStays(player);
  await cameraAgain(camera, 'h264');
  const sinceBack = stopwatch();
  await whenPlaying(player);
  keepMeasurement('camera killed: moving picture after it is back', sinceBack(), 'ms');
  await player.whenSounding();
  await room.whenState('live');
  expectSameViewer(player);
  const states = events.states('killed', 0);
  expect(states[0]).toBe('live');
  expect(states.at(-1)).toBe('live');
  expect(states).toContain('retrying');
  expect(states).not.toContain('failed');
}

async function expectBackAfterLong(): Promise<void> {
  const { camera, room, player } = await openCamera('away', 'h264');
  await camera.kill();
  await player.whenState('offline', 30_000);
  await room.when('several attempts', ({ restarts }) => restarts >= 3);
  expect((await room.status()).state).not.toBe('failed');
  await cameraAgain(camera, 'h264');
  const sinceBack = stopwatch();
  await whenPlaying(player);
  keepMeasurement('camera away for long: moving picture after it is back', sinceBack(), 'ms');
  expectSameViewer(player);
}

async function expectChanged(): Promise<void> {
  const { camera, room, player } = await openCamera('changed', 'h264');
  await camera.kill();
  const small = await cameraAgain(camera, 'h264-small');
  const sinceSmall = stopwatch();
  await whenSize(player, 320, 180);
  await whenPlaying(player);
  keepMeasurement('camera back in 320x180 instead of 640x360: moving picture', sinceSmall(), 'ms');
  await small.kill();
  await cameraAgain(camera, 'h265');
  const sinceH265 = stopwatch();
  await whenSize(player, 640, 360);
  await whenPlaying(player);
  keepMeasurement('camera back in H265 instead of H264: moving picture', sinceH265(), 'ms');
  const { report } = await room.whenState('live');
  expect(report?.streams).toContainEqual(expect.objectContaining({ kind: 'video', codec: 'hevc' }));
  expect(report?.video?.action).toBe('transcode');
  expectSameViewer(player);
}

async function expectBackAfterSilence(): Promise<void> {
  const { camera, room, player } = await openCamera('silent', 'h264');
  const events = await SourceEvents.open(server);
  camera.freeze();
  const sinceSilent = stopwatch();
  await waitFor('the source to stall', () => events.states('silent', 0).includes('stalled'));
  keepMeasurement('silent camera, stallSeconds 2: stalled', sinceSilent(), 'ms');
  const { reason } = await room.when('a reason', (status) => status.reason !== '');
  expect(reason).not.toBe('');
  await expectPictureStays(player);
  await room.when('attempts', ({ restarts }) => restarts >= 1);
  camera.thaw();
  const sinceBack = stopwatch();
  await whenPlaying(player);
  keepMeasurement('silent camera: moving picture after it goes on', sinceBack(), 'ms');
  expectSameViewer(player);
}

/** Fails unless the page still shows what it showed last. */
async function expectPictureStays(player: PlayerPage): Promise<void> {
  const picture = await player.picture();
  expect(picture && contrast(picture), 'contrast of the picture').toBeGreaterThan(6);
  expectSameViewer(player);
}
