import { expect, test } from 'vitest';
import { patternOnly } from './support/pattern-room.ts';
import { allPlayers, h264Players, type PublisherName, useClients } from './support/peers/clients.ts';
import { whenPlayerPlays } from './support/peers/player.ts';
import { useServer } from './support/server.ts';
import { together } from './support/together.ts';
import { expectOffline, viewersOf, whenRoomIsLive } from './support/whep-room.ts';

const sessions = { perSecond: 1000, perAddressPerSecond: 1000 };
const server = useServer({ config: { ...patternOnly, sessions } });
const clients = useClients(server);

interface Case {
  readonly by: PublisherName;
  readonly codec: 'VP8' | 'H264';
  readonly layers?: readonly string[];
  readonly size?: readonly [number, number];
}

test.each<Case>([
  { by: 'Chromium', codec: 'VP8' },
  { by: 'Chromium', codec: 'H264' },
  { by: 'Chromium', codec: 'VP8', layers: ['q', 'h', 'f'], size: [960, 540] },
  { by: 'Firefox', codec: 'VP8' },
  { by: 'GStreamer', codec: 'VP8' },
  { by: 'GStreamer', codec: 'H264' },
  { by: 'aiortc', codec: 'VP8' },
  { by: 'aiortc', codec: 'H264' },
])('$by publishes $codec $layers, and every player decodes it', async ({ by, codec, layers = [], size }) => {
  const room = `${by}-${codec}-${layers.length}`.toLowerCase();
  const publisher = await clients.publish(by, room, codec, { layers, ...(size && { size }) });
  const broadcast = await whenRoomIsLive(server, room);
  expect(broadcast).toMatchObject({ broadcaster: 'whip', videoCodec: codec });

  const names = codec === 'H264' ? h264Players : allPlayers;
  const wanted = layers.length > 0 ? {} : { size: [320, 180] as const };
  await together(
    Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          const player = await clients.play(name, room);
          await whenPlayerPlays(player, wanted);
          expect(await player.end(), 'status of DELETE').toBe(200);
        },
      ]),
    ),
  );
  expect(await viewersOf(server, room)).toEqual([]);
  expect(await publisher.end(), 'status of DELETE').toBe(200);
  await expectOffline(server, room);
});
