import type { WorkerInfo } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { PlayerPage } from './support/player-page.ts';
import { useServer } from './support/server.ts';
import { StudioPage } from './support/studio-page.ts';
import { waitFor } from './support/wait-for.ts';
import { Bystander } from './support/watched-room.ts';

const server = useServer({ workers: 2, config: patternOnly });
const browser = useBrowser({ camera: true });

async function workers(): Promise<WorkerInfo[]> {
  return (await server.api<{ workers: WorkerInfo[] }>('GET', '/workers')).body.workers;
}

/** Opens the pattern room and waits until it plays. */
async function openViewer(): Promise<PlayerPage> {
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/${patternRoom.name}`);
  await player.whenPatternRuns();
  return player;
}

/** Kills worker processes and measures until a picture shows that was drawn after that. */
async function killAndWatch(player: PlayerPage, killed: readonly WorkerInfo[], what: string): Promise<void> {
  expect(killed.length).toBeGreaterThan(0);
  for (const { pid } of killed) process.kill(pid ?? Number.NaN, 'SIGKILL');
  const away = await player.whenPatternFrom(Date.now(), 30_000);
  process.stdout.write(`      playing again ${away} ms after ${what}\n`);
  await player.whenPatternRuns();
  expect(await player.state()).toBe('live');
  expect(player.loads).toBe(1);
  await waitFor('all workers to be up', async () => (await workers()).every(({ state }) => state === 'up'));
}

test("viewers play again by themselves after their worker's death", async () => {
  const player = await openViewer();
  const bystander = await Bystander.join(server, patternRoom.name);
  onTestFinished(() => bystander.close());
  const own = (await workers()).filter(({ viewers }) => viewers > 0);
  await killAndWatch(player, own, "its worker's death");
  await bystander.expectReceiving();
  expect((await workers()).reduce((sum, { viewers }) => sum + viewers, 0)).toBe(2);
});

test('a viewer plays again by itself after the death of all workers', async () => {
  const player = await openViewer();
  await killAndWatch(player, await workers(), "all workers' death");
});

test('an open page plays again by itself after a restart of the server', async () => {
  const player = await openViewer();
  await server.stop();
  await player.whenState('reconnecting');
  await server.start();
  const away = await player.whenPatternFrom(Date.now(), 30_000);
  process.stdout.write(`      playing again ${away} ms after the server was ready\n`);
  await player.whenPatternRuns();
  expect(player.loads).toBe(1);
});

/** A studio and a viewer of its room, playing. */
async function openBroadcast(room: string): Promise<{ studio: StudioPage; player: PlayerPage }> {
  const studio = await StudioPage.open(await browser.newContext(), server, { room, codec: 'VP8' });
  await studio.goLive();
  const player = await PlayerPage.open(await browser.newContext(), `${server.url}/watch/${room}`);
  await player.whenState('live');
  await player.whenMoving();
  return { studio, player };
}

/** Breaks something and waits until the viewer has new media, and the studio says that it is live. */
async function breakAndWatch(
  { studio, player }: { studio: StudioPage; player: PlayerPage },
  damage: () => Promise<void>,
  what: string,
): Promise<void> {
  const taken = player.requests('play');
  await damage();
  const start = performance.now();
  await waitFor('the viewer to take new media', () => player.requests('play') > taken, 30_000);
  await player.whenState('live');
  await player.whenMoving();
  process.stdout.write(`      playing again ${Math.round(performance.now() - start)} ms after ${what}\n`);
  await studio.whenLive();
  expect(player.loads).toBe(1);
}

test("a studio's broadcast goes on by itself after its worker's death", async () => {
  const broadcast = await openBroadcast('studio-worker');
  const damage = async () => {
    const own = (await workers()).filter(({ viewers }) => viewers > 0);
    expect(own.length).toBeGreaterThan(0);
    for (const { pid } of own) process.kill(pid ?? Number.NaN, 'SIGKILL');
  };
  await breakAndWatch(broadcast, damage, "the death of the studio's worker");
  await waitFor('all workers to be up', async () => (await workers()).every(({ state }) => state === 'up'));
});

test("a studio's broadcast goes on by itself after a restart of the server", async () => {
  const broadcast = await openBroadcast('studio-server');
  const damage = async () => {
    await server.stop();
    await server.start();
  };
  await breakAndWatch(broadcast, damage, 'the server was ready again');
});

test('a killed server leaves nothing behind, and its pages play again when it is back', async () => {
  const player = await openViewer();
  const names = server.processes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['ffmpeg', expect.stringMatching(/^mediasoup/)]));
  await server.kill();
  await server.expectNothingLeft();
  await server.start();
  await player.whenPatternFrom(Date.now(), 30_000);
  expect(player.loads).toBe(1);
});
