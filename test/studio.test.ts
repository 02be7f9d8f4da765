import { fetchCapabilities, LoadViewer, signalingEntry } from '@spillway/loadgen';
import type { RoomInfo, RtpCapabilities, VideoCodec } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { StudioPage } from './support/studio-page.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ config: { demo: { enabled: false } } });
const browser = useBrowser({ camera: true });

async function openViewer(room: string): Promise<PlayerPage> {
  return PlayerPage.open(await browser.newContext(), `${server.url}/watch/${room}`);
}

async function openStudio(room: string, codec: VideoCodec | 'auto'): Promise<StudioPage> {
  return StudioPage.open(await browser.newContext(), server, { room, codec });
}

async function whenPlaying(player: PlayerPage, codec?: VideoCodec): Promise<void> {
  await player.whenState('live');
  await player.whenMoving();
  if (codec) await waitFor(`video in ${codec}`, async () => (await player.videoCodec()) === codec);
}

async function broadcastCodec(room: string): Promise<VideoCodec | undefined> {
  return (await server.api<RoomInfo>('GET', `/rooms/${room}`)).body.broadcast?.videoCodec;
}

test.each(['VP8', 'VP9', 'H264', 'AV1'] as const)(
  'a studio that sends %s is seen by one who waited and one who came later',
  async (codec) => {
    const room = codec.toLowerCase();
    const early = await openViewer(room);
    await early.whenState('offline');
    const studio = await openStudio(room, codec);
    await studio.goLive();
    const late = await openViewer(room);
    await Promise.all([whenPlaying(early, codec), whenPlaying(late, codec)]);
    await early.whenSounding();
    expect(await late.frameRate(), 'frames a second').toBeGreaterThan(5);
    expect(await broadcastCodec(room)).toBe(codec);
    await studio.whenWatchedBy(2);
    await studio.end();
    await Promise.all([early.whenState('offline'), late.whenState('offline')]);
    expect(early.loads).toBe(1);
  },
);

/** Codecs that a viewer decodes who knows but one for video. */
async function onlyDecoding(codec: VideoCodec): Promise<RtpCapabilities> {
  const all = await fetchCapabilities(server.url);
  const codecs = all.codecs?.filter(
    ({ kind, mimeType }) => kind === 'audio' || mimeType === `video/${codec}`,
  );
  return { ...all, codecs: codecs ?? [] };
}

test('the studio chooses a codec by itself, and another when a viewer cannot decode it', async () => {
  const room = 'automatic';
  const studio = await openStudio(room, 'auto');
  await studio.goLive();
  const player = await openViewer(room);
  await whenPlaying(player);
  const chosen = await player.videoCodec();
  expect(['VP8', 'VP9', 'H264', 'AV1']).toContain(chosen);
  const other = chosen === 'VP8' ? 'H264' : 'VP8';
  const capabilities = await onlyDecoding(other);
  const limited = new LoadViewer(signalingEntry({ server: server.url, room, capabilities }));
  onTestFinished(() => limited.close());
  await limited.join();
  await whenPlaying(player, other);
  await waitFor('the limited viewer to receive a key frame', () => limited.counts.video.keyFrames > 0);
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
});

test('the broadcaster changes the codec under a playing viewer', async () => {
  const room = 'changed';
  const studio = await openStudio(room, 'VP8');
  await studio.goLive();
  const player = await openViewer(room);
  await whenPlaying(player, 'VP8');
  await studio.chooseCodec('H264');
  await whenPlaying(player, 'H264');
  expect(player.loads).toBe(1);
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
});

test('a viewer plays on when the page of the broadcaster is reloaded', async () => {
  const room = 'reloaded';
  const studio = await openStudio(room, 'VP8');
  await studio.goLive();
  const player = await openViewer(room);
  await whenPlaying(player);
  const taken = player.requests('play');
  const start = performance.now();
  await studio.page.reload();
  // The page goes on by itself; the viewer takes the new media.
  await studio.whenLive();
  await waitFor('the viewer to take new media', () => player.requests('play') > taken);
  await player.whenState('live');
  await player.whenMoving();
  process.stdout.write(`      playing again ${Math.round(performance.now() - start)} ms after the reload\n`);
  expect(player.loads).toBe(1);
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
});

test('another studio takes a room over, and the viewer stays', async () => {
  const room = 'taken';
  const first = await openStudio(room, 'VP8');
  await first.goLive();
  const player = await openViewer(room);
  await whenPlaying(player);
  const taken = player.requests('play');
  const second = await openStudio(room, 'H264');
  await second.page.getByTestId('go-live').click();
  await second.page.getByTestId('takeover').click();
  await second.whenLive();
  await waitFor('the viewer to take new media', () => player.requests('play') > taken);
  await whenPlaying(player, 'H264');
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
  await first.page.getByTestId('go-live').waitFor();
});

test('a publish key opens its own room and no other', async () => {
  const key = 'a key for one room only';
  for (const name of ['keyed', 'other']) {
    const publishKey = name === 'keyed' ? key : 'something else';
    expect((await server.api('POST', '/rooms', { name, publishKey })).status).toBe(201);
  }
  const own = await StudioPage.open(await browser.newContext(), server, { room: 'keyed', key });
  await own.goLive();
  await whenPlaying(await openViewer('keyed'));
  const foreign = await StudioPage.open(await browser.newContext(), server, { room: 'other', key });
  await foreign.page.getByTestId('go-live').click();
  await foreign.page
    .getByTestId('sign-in')
    .getByRole('alert')
    .filter({ hasText: 'did not accept' })
    .waitFor();
  const { body } = await server.api<RoomInfo>('GET', '/rooms/other');
  expect(body.state).toBe('offline');
});
