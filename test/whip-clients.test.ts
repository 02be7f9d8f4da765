import { expect, test } from 'vitest';
import { patternOnly } from './support/pattern-room.ts';
import {
  allPlayers,
  h264Players,
  type PlayerName,
  type PublisherName,
  useClients,
} from './support/peers/clients.ts';
import { whenPlayerPlays } from './support/peers/player.ts';
import { useServer } from './support/server.ts';
import { together } from './support/together.ts';
import { expectOffline, viewersOf, whenRoomIsLive } from './support/whep-room.ts';

const sessions = { perSecond: 1000, perAddressPerSecond: 1000 };
const server = useServer({ config: { ...patternOnly, sessions } });
const clients = useClients(server);

/** A publisher's picture without layers. Pixels. */
const SMALL = [320, 180] as const;
/** Large enough for Chromium to send three layers of it: 240x135, 480x270 and 960x540. */
const LARGE = [960, 540] as const;
const LAYER_WIDTHS = [240, 480, 960];

test.each<{ by: PublisherName; codec: 'VP8' | 'H264'; layers: number }>([
  { by: 'Chromium', codec: 'VP8', layers: 1 },
  { by: 'Chromium', codec: 'H264', layers: 1 },
  { by: 'Chromium', codec: 'VP8', layers: 3 },
  { by: 'Firefox', codec: 'VP8', layers: 1 },
  { by: 'GStreamer', codec: 'VP8', layers: 1 },
  { by: 'GStreamer', codec: 'H264', layers: 1 },
  { by: 'aiortc', codec: 'VP8', layers: 1 },
  { by: 'aiortc', codec: 'H264', layers: 1 },
  { by: 'libdatachannel', codec: 'H264', layers: 1 },
])(
  '$by publishes $codec with layers: $layers, and every player decodes it',
  async ({ by, codec, layers }) => {
    const room = `${by}-${codec}-${layers}`.toLowerCase();
    const simulcast = { size: LARGE, layers: ['q', 'h', 'f'] };
    const publisher = await clients.publish(by, room, codec, layers > 1 ? simulcast : {});
    const broadcast = await whenRoomIsLive(server, room);
    expect(broadcast).toMatchObject({ broadcaster: 'whip', videoCodec: codec });

    const play = async (name: PlayerName) => {
      const player = await clients.play(name, room);
      // Which layer a player gets depends on its path, and on what the publisher has the power to encode.
      await whenPlayerPlays(player, layers > 1 ? {} : { size: SMALL });
      const { video } = await player.received();
      if (layers > 1) expect(LAYER_WIDTHS).toContain(video?.width);
      expect(await player.end(), 'status of DELETE').toBe(200);
    };
    const names = codec === 'H264' ? h264Players : allPlayers;
    await together(Object.fromEntries(names.map((name) => [name, () => play(name)])));
    expect(await viewersOf(server, room)).toEqual([]);
    expect(await publisher.end(), 'status of DELETE').toBe(200);
    await expectOffline(server, room);
  },
);
