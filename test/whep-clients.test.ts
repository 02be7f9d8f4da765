import type { SourceStatus } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { patternOnly } from './support/pattern-room.ts';
import { allPlayers, h264Players, type PlayerName, useClients } from './support/peers/clients.ts';
import { LibDataChannelPlayer } from './support/peers/libdatachannel.ts';
import { type Player, type Wanted, whenPlayerPlays } from './support/peers/player.ts';
import { useServer } from './support/server.ts';
import { ShellCommand } from './support/shell.ts';
import { SourceRoom } from './support/source-room.ts';
import { together } from './support/together.ts';
import { waitFor } from './support/wait-for.ts';
import { viewersOf, whenRoomIsLive } from './support/whep-room.ts';

const sessions = { perSecond: 1000, perAddressPerSecond: 1000 };
const server = useServer({ config: { ...patternOnly, sessions } });
const clients = useClients(server);

/** Players of one room by their names; libdatachannel with the picture alone, which it finds whatever its SSRC is. */
async function playAll(names: readonly PlayerName[], room: string): Promise<Map<PlayerName, Player>> {
  const players = new Map<PlayerName, Player>();
  await together(
    Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          players.set(name, await clients.play(name, room, { sound: false }));
        },
      ]),
    ),
  );
  return players;
}

/** Waits until each plays, in the session that it has. */
async function whenAllPlay(players: ReadonlyMap<PlayerName, Player>, size: Wanted['size']): Promise<void> {
  await together(
    Object.fromEntries(
      [...players].map(([name, player]) => [
        name,
        () => whenPlayerPlays(player, { size, sound: name !== 'libdatachannel' }),
      ]),
    ),
  );
}

/** Ends them all; the room has no viewer then. */
async function endAll(players: ReadonlyMap<PlayerName, Player>, room: string): Promise<void> {
  const viewers = await viewersOf(server, room);
  expect(viewers.map(({ by }) => by)).toEqual([...players].map(() => 'whep'));
  for (const [name, player] of players) expect(await player.end(), `DELETE by ${name}`).toBe(200);
  expect(await viewersOf(server, room)).toEqual([]);
}

test('every player plays on when a source fails over to its backup, and when it comes back', async () => {
  const backup = { type: 'test', width: 480, height: 270, frameRate: 15, bitrate: 300_000 } as const;
  const room = await SourceRoom.play(server, 'failover', {
    type: 'rtp',
    failoverSeconds: 1,
    backups: [backup],
  });
  const { body } = await server.api<SourceStatus>('GET', `/rooms/${room.name}/source`);
  const { command = '' } = body.commands?.find(({ video }) => video === 'H264') ?? {};
  const push = () => new ShellCommand(`exec ${command.replaceAll('1280x720', '320x180')}`);
  const first = push();
  await room.whenOnAir(0);
  const players = await playAll(h264Players, room.name);
  await whenAllPlay(players, [320, 180]);
  await first.stop();
  await whenAllPlay(players, [480, 270]);
  push();
  await whenAllPlay(players, [320, 180]);
  await endAll(players, room.name);
}, 120_000);

test('every player plays on when a WHIP publisher is killed and comes back', async () => {
  const room = 'killed';
  const first = await clients.publish('Chromium', room, 'VP8');
  await whenRoomIsLive(server, room);
  const players = await playAll(allPlayers, room);
  await whenAllPlay(players, [320, 180]);
  await first.kill();
  const second = await clients.publish('Chromium', room, 'VP8', { size: [480, 270] });
  await whenAllPlay(players, [480, 270]);
  await second.kill();

  // Another one, in another codec.
  const third = await clients.publish('GStreamer', room, 'H264');
  const firefox = players.get('Firefox');
  players.delete('Firefox');
  await whenAllPlay(players, [320, 180]);
  await firefox?.end();
  await endAll(players, room);
  expect(await third.end()).toBe(200);
}, 120_000);

test('a player that finds its media by SSRC alone is sent away when they change, and plays on in another session', async () => {
  const room = 'by-ssrc';
  const first = await clients.publish('GStreamer', room, 'VP8');
  await whenRoomIsLive(server, room);
  const player = await LibDataChannelPlayer.play(`${server.url}/whep/${room}`);
  await whenPlayerPlays(player, { size: [320, 180] });
  await first.kill();
  await clients.publish('aiortc', room, 'VP8');
  await waitFor(
    'its connection to end',
    () => player.ended,
    30_000,
    () => player.describe(),
  );
  const again = await LibDataChannelPlayer.play(`${server.url}/whep/${room}`);
  await whenPlayerPlays(again, { size: [320, 180] });
  expect(await again.end()).toBe(200);
});

test.each(['Chromium', 'Firefox'] as const)('%s plays on through a restart of ICE', async (name) => {
  const room = `restart-${name.toLowerCase()}`;
  await clients.publish('GStreamer', room, 'VP8');
  await whenRoomIsLive(server, room);
  const player = await clients.playInBrowser(name, room);
  await whenPlayerPlays(player);
  const before = await player.selectedPath();
  expect(await player.restartIce()).toMatch(/^a=ice-ufrag:/m);
  await waitFor('another path to be in use', async () => (await player.selectedPath()) !== before);
  await whenPlayerPlays(player);
  expect(await viewersOf(server, room)).toMatchObject([{ by: 'whep', playing: true }]);
  expect(await player.end()).toBe(200);
});
