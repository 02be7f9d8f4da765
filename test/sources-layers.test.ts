import { expect, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { startCamera } from './support/camera.ts';
import { clipCodecs, makeClip } from './support/clips.ts';
import { keepMeasurement } from './support/measurements.ts';
import type { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { expectSameViewer, SourceRoom, whenPlaying, whenSize } from './support/source-room.ts';
import { together } from './support/together.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ config: { demo: { enabled: false } }, sources: { allowLocalAddresses: true } });
const browser = useBrowser();

/** The layers that viewers can choose from. */
function layers(player: PlayerPage): Promise<readonly { width: number; height: number }[]> {
  return player.page
    .locator('spillway-player')
    .evaluate((element) =>
      'layers' in element && Array.isArray(element.layers)
        ? element.layers.map(({ width, height }) => ({ width, height }))
        : [],
    );
}

async function setLayer(player: PlayerPage, layer: number | null): Promise<void> {
  await player.page.locator('spillway-player').evaluate((element, wanted) => {
    if ('setLayer' in element && typeof element.setLayer === 'function') element.setLayer(wanted);
  }, layer);
}

test('viewers switch between three layers of one camera, whether its picture is copied or encoded', async () => {
  await together({ h264: () => expectLayers('h264'), h265: () => expectLayers('h265') });
}, 120_000);

async function expectLayers(media: 'h264' | 'h265'): Promise<void> {
  const camera = await startCamera({ mounts: { '/live': media } });
  const room = await SourceRoom.play(server, `layers-${media}`, {
    type: 'rtsp',
    url: camera.url('/live'),
    layers: ['180p', '270p'],
  });
  const player = await room.watch(browser);
  await whenPlaying(player);
  const sizes = [
    { width: 320, height: 180 },
    { width: 480, height: 270 },
    { width: 640, height: 360 },
  ];
  expect(await layers(player)).toEqual(sizes);
  const { report } = await room.whenState('live');
  expect(report?.video?.action).toBe(media === 'h264' ? 'copy' : 'transcode');
  expect(report?.video?.layers.map(({ width, height }) => ({ width, height }))).toEqual(sizes.slice(0, 2));
  for (const wanted of [0, 2, 1, 2]) {
    await setLayer(player, wanted);
    const { width = 0, height = 0 } = sizes[wanted] ?? {};
    await whenSize(player, width, height);
    await player.whenMoving();
  }
  await player.whenSounding();
  // The worker probes the path with a stream of its own.
  const videos = (await player.inbound()).filter(({ framesDecoded }) => framesDecoded > 0);
  expect(videos, 'video streams that the page shows').toHaveLength(1);
  expect((await room.status()).restarts).toBe(0);
  expectSameViewer(player);
}

test('a copied source of 720p costs less than one that is encoded anew, as the status tells', async () => {
  await makeClip(server, { path: 'hd.mp4', size: '1280x720', seconds: 4, codecs: clipCodecs.h264Aac });
  const config = { type: 'file', file: 'hd.mp4' } as const;
  const rooms = [
    await SourceRoom.play(server, 'copied', config),
    await SourceRoom.play(server, 'encoded', { ...config, video: { transcode: 'always' } }),
  ];
  const [copied = 0, encoded = 0] = await Promise.all(rooms.map(averageCores));
  keepMeasurement('720p at 25 from a file, copied: FFmpeg', copied, 'cores');
  keepMeasurement('720p at 25 from a file, encoded anew: FFmpeg', encoded, 'cores');
  expect(copied).toBeLessThan(encoded);
});

/** What the status says of a live source's processor cores, over several readings. */
async function averageCores(room: SourceRoom): Promise<number> {
  await room.whenState('live');
  const readings: number[] = [];
  // The first readings are those of its start.
  await waitFor('readings of processor cores', async () => {
    const { cores } = await room.status();
    if (cores !== undefined && cores !== readings.at(-1)) readings.push(cores);
    return readings.length >= 8;
  });
  const steady = readings.slice(2);
  return steady.reduce((sum, cores) => sum + cores, 0) / steady.length;
}
