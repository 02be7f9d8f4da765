import { fetchCapabilities, LoadViewer, signalingEntry } from '@spillway/loadgen';
import type { PushCommand, SourceStatus } from '@spillway/protocol';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { ShellCommand } from './support/shell.ts';
import { waitFor } from './support/wait-for.ts';

const room = 'camera';
const server = useServer({ config: { demo: { enabled: false }, broadcast: { graceSeconds: 3 } } });
const browser = useBrowser();

let commands: PushCommand[] = [];

beforeAll(async () => {
  expect((await server.api('POST', '/rooms', { name: room })).status).toBe(201);
  const { status, body } = await server.api<SourceStatus>('PUT', `/rooms/${room}/source`, { type: 'rtp' });
  expect(status).toBe(200);
  commands = body.commands ?? [];
  expect(commands.map(({ video }) => video)).toEqual(['H264', 'VP8']);
});

function push(video: 'H264' | 'VP8'): ShellCommand {
  return new ShellCommand(commands.find((command) => command.video === video)?.command ?? 'false');
}

async function openViewer(): Promise<PlayerPage> {
  return PlayerPage.open(await browser.newContext(), `${server.url}/watch/${room}`);
}

async function sourceState(): Promise<string> {
  return (await server.api<SourceStatus>('GET', `/rooms/${room}/source`)).body.state;
}

async function expectPlaying(player: PlayerPage, codec: string): Promise<void> {
  await player.whenState('live');
  await player.whenMoving();
  await player.whenSounding();
  await waitFor(`video in ${codec}`, async () => (await player.videoCodec()) === codec);
}

test.each(['H264', 'VP8'] as const)(
  'FFmpeg pushes %s by the printed command, into the open page of one who waits',
  async (codec) => {
    const player = await openViewer();
    await player.whenState('offline');
    const pusher = push(codec);
    await expectPlaying(player, codec).catch((error) => {
      throw new Error(`${error.message}\nFFmpeg: ${pusher.output}`);
    });
    expect(await sourceState()).toBe('live');
    expect(player.loads).toBe(1);
    await pusher.stop();
    await player.whenState('offline');
  },
);

test('a pusher that comes back, from other ports and in another codec, takes its room back', async () => {
  const player = await openViewer();
  const capabilities = await fetchCapabilities(server.url);
  const counting = new LoadViewer(signalingEntry({ server: server.url, room, capabilities }));
  onTestFinished(() => counting.close());
  await counting.join();
  const first = push('H264');
  await expectPlaying(player, 'H264');
  await first.stop();
  await waitFor('the server to miss it', async () => (await sourceState()) !== 'live');
  const second = push('H264');
  await expectPlaying(player, 'H264');
  await second.stop();
  await waitFor('the server to miss it', async () => (await sourceState()) !== 'live');
  push('VP8');
  await expectPlaying(player, 'VP8');
  expect(player.loads).toBe(1);
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
  // The load viewers of the benchmark follow such changes too.
  const { video, audio } = counting.counts;
  await waitFor('the load viewer to receive', () => counting.counts.video.packets > video.packets);
  await waitFor('the load viewer to hear', () => counting.counts.audio.packets > audio.packets);
  expect(counting.watches).toBe(1);
});
