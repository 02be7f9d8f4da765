import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PushAddress, RoomSourceConfig } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { makeClip } from './support/clips.ts';
import { AAC, liveInputs, pushArgs, runFfmpeg, runFfmpegAgain } from './support/encoder.ts';
import { keepMeasurement, stopwatch } from './support/measurements.ts';
import { programsOf } from './support/process-facts.ts';
import { useServer } from './support/server.ts';
import { expectSameViewer, SourceRoom, whenPlaying, whenSize } from './support/source-room.ts';
import { together } from './support/together.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({ config: { demo: { enabled: false } }, sources: { allowLocalAddresses: true } });
const browser = useBrowser();

type PushType = 'srt' | 'rtmp';

const settings = {
  srt: { type: 'srt', stallSeconds: 2 },
  rtmp: { type: 'rtmp', stallSeconds: 2 },
} satisfies Record<PushType, RoomSourceConfig>;

/** Where FFmpeg pushes to, as its manual says. */
function outputOf(type: PushType, { url, key }: PushAddress): string[] {
  return type === 'srt' ? ['-f', 'mpegts', url] : ['-f', 'flv', `${url}/${key}`];
}

/** A room that waits for an encoder, and the address that it shows. */
async function listen(type: PushType, name: string): Promise<{ room: SourceRoom; push: PushAddress }> {
  const room = await SourceRoom.create(server, name);
  const { push } = await room.set(settings[type]);
  if (!push) throw new Error('the status names no address to push to');
  return { room, push };
}

test('encoders that push are seen and heard, and come back in another size under their viewers', async () => {
  await together({ srt: () => expectPushed('srt'), rtmp: () => expectPushed('rtmp') });
}, 120_000);

async function expectPushed(type: PushType): Promise<void> {
  const { room, push } = await listen(type, `push-${type}`);
  expect((await room.status()).reason, 'what it waits for').toMatch(/encoder/i);
  const player = await room.watch(browser);
  await player.whenState('offline');
  const output = outputOf(type, push);
  const first = runFfmpeg(pushArgs({ output }));
  const sincePushed = stopwatch();
  await whenPlaying(player);
  keepMeasurement(`${type}: from the encoder's start to a moving picture`, sincePushed(), 'ms');
  await player.whenSounding();
  expect((await room.whenState('live')).report?.video?.action).toBe('copy');
  for (const { args } of programsOf(server)) expect(args.join(' ')).not.toContain(push.key);

  await first.stop('SIGKILL');
  const gone = await room.when('a reason', ({ state, reason }) => state !== 'live' && reason !== '');
  expect(gone.state).not.toBe('failed');
  const second = runFfmpegAgain(pushArgs({ output, size: '480x270' }));
  const sinceBack = stopwatch();
  await whenSize(player, 480, 270);
  await whenPlaying(player);
  keepMeasurement(`${type}: encoder killed, moving picture after its next start`, sinceBack(), 'ms');
  await second.stop();
  await room.when('its end', ({ state }) => state !== 'live');
  expectSameViewer(player);
  expect(server.log, 'the key in the log').not.toContain(push.key);
}

test('encoders with a wrong key are refused, and disturb nobody', async () => {
  await together({ srt: () => expectRefused('srt'), rtmp: () => expectRefused('rtmp') });
}, 120_000);

async function expectRefused(type: PushType): Promise<void> {
  const { room, push } = await listen(type, `key-${type}`);
  const wrong = 'certainly_the_wrong_key';
  const address = { url: push.url.replace(push.key, wrong), key: wrong };
  const refused = runFfmpeg(pushArgs({ output: outputOf(type, address) }));
  await refused.exited;
  expect(refused.output, 'what FFmpeg says').not.toBe('');
  expect((await room.status()).state).not.toBe('live');
  // The right one is not kept waiting by it, and not disturbed by the next wrong one.
  runFfmpegAgain(pushArgs({ output: outputOf(type, push) }));
  const player = await room.watch(browser);
  await whenPlaying(player);
  await runFfmpeg(pushArgs({ output: outputOf(type, address) })).exited;
  await whenPlaying(player);
  expect(await room.status()).toMatchObject({ state: 'live', restarts: 0 });
  expectSameViewer(player);
}

test('encoders that are hard to please', async () => {
  await together({
    'another resolution in mid-stream': expectResized,
    'H265 and AAC by RTP, their SDP pasted': expectPasted,
  });
}, 120_000);

async function expectResized(): Promise<void> {
  await makeClip(server, { path: 'small.ts', seconds: 6 });
  await makeClip(server, { path: 'large.ts', seconds: 40, size: '480x270' });
  const joined = ['small.ts', 'large.ts'].map((name) => join(server.library, name)).join('|');
  const { room, push } = await listen('srt', 'resized');
  const player = await room.watch(browser);
  const inputs = ['-re', '-i', `concat:${joined}`];
  runFfmpegAgain([...inputs, '-map', '0', '-c', 'copy', ...outputOf('srt', push)]);
  await whenSize(player, 320, 180);
  await whenPlaying(player);
  await whenSize(player, 480, 270);
  await whenPlaying(player);
  expect((await room.status()).state).toBe('live');
  expectSameViewer(player);
}

async function expectPasted(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-sdp-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'encoder.sdp');
  const x265 = [
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'keyint=25:bframes=0:log-level=error',
  ];
  const port = server.sparePort;
  const push = () =>
    runFfmpeg([
      ...liveInputs('320x180'),
      ...[
        '-map',
        '0:v',
        '-pix_fmt',
        'yuv420p',
        ...x265,
        '-f',
        'rtp',
        `rtp://127.0.0.1:${port}?pkt_size=1200`,
      ],
      ...['-map', '1:a', ...AAC, '-f', 'rtp', `rtp://127.0.0.1:${port + 2}?pkt_size=1200`],
      ...['-sdp_file', file],
    ]);
  const first = push();
  await waitFor(
    'the SDP of FFmpeg',
    () => existsSync(file) && /m=audio[\s\S]*a=fmtp/.test(readFileSync(file, 'utf8')),
  );
  const sdp = readFileSync(file, 'utf8');
  const room = await SourceRoom.play(server, 'pasted', { type: 'rtp', sdp });
  const player = await room.watch(browser);
  await whenPlaying(player);
  await player.whenSounding();
  const { report } = await room.whenState('live');
  expect(report?.streams).toContainEqual(expect.objectContaining({ kind: 'video', codec: 'hevc' }));
  expect(report?.video?.action).toBe('transcode');
  expect(report?.audio?.action).toBe('transcode');

  await first.stop('SIGKILL');
  await room.when('its end', ({ state }) => state !== 'live');
  push();
  const sinceBack = stopwatch();
  await whenPlaying(player);
  keepMeasurement('pasted SDP: encoder killed, moving picture after its next start', sinceBack(), 'ms');
  expectSameViewer(player);
}
