import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { memoryLogger } from '../test-support/logger.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { writeChunks } from './chunk-stream.ts';
import { commandMessage, controlMessage, MessageType, UserControl, userControlMessage } from './message.ts';
import { Publication } from './publication.ts';
import { PublishSession } from './publish-session.ts';
import { RtmpError } from './rtmp-error.ts';
import type { RtmpLimits } from './rtmp-limits.ts';
import { RtmpServer } from './rtmp-server.ts';
import { startEncoder } from './test-support/encoder.ts';
import { RawClient } from './test-support/raw-client.ts';

const KEY = 'the-key-of-this-test';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(limits: Partial<RtmpLimits> = {}) {
  const logger = memoryLogger();
  const server = new RtmpServer({ host: '127.0.0.1', port: 0, logger, limits });
  const publications: Publication[] = [];
  const registration = server.register(KEY, {
    room: 'r',
    onPublication: (publication) => publications.push(publication),
  });
  cleanups.push(() => registration.close());
  const port = await server.listening();
  const open = async () => {
    const client = await RawClient.open(port);
    cleanups.push(() => client.socket.destroy());
    return client;
  };
  return { port, open, publications, logger, registration };
}

const started = (client: RawClient) =>
  waitFor('the start', () => client.statuses().some(({ code }) => code === 'NetStream.Publish.Start'));

const hostile: Readonly<Record<string, (client: RawClient) => void>> = {
  'random bytes': (client) => client.send(randomBytes(100_000)),
  'TLS instead of RTMP': (client) => client.send(Buffer.from([0x16, 3, 1, 2, 0])),
  'random bytes after the handshake': (client) => {
    client.handshake();
    client.send(randomBytes(1_000_000));
  },
  'a message of 16 MiB': (client) => {
    client.handshake();
    client.send(Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0]));
  },
  'a chunk of 2 GiB': (client) => {
    client.handshake();
    client.sendMessage(controlMessage(MessageType.setChunkSize, 0x7fff_ffff), 2);
  },
  'deep AMF': (client) => {
    client.handshake();
    const payload = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([10, 0, 0, 0, 1])));
    client.sendMessage({ type: MessageType.command, streamId: 0, timestamp: 0, payload });
  },
  'media before publish': (client) => {
    client.handshake();
    client.sendVideo(0, Buffer.alloc(100));
  },
  'publish before connect': (client) => {
    client.handshake();
    client.sendMessage(commandMessage(1, 'publish', 3, null, KEY, 'live'));
  },
  'publishing twice': (client) => {
    client.publish('wrong');
    client.sendMessage(commandMessage(1, 'publish', 3, null, KEY, 'live'));
  },
  'unfinished messages on many chunk streams': (client) => {
    client.handshake();
    for (let id = 3; id < 63; id += 1) {
      const message = { type: MessageType.command, streamId: 0, timestamp: 0, payload: Buffer.alloc(60_000) };
      client.send(writeChunks(message, id, 128).subarray(0, 140));
    }
    for (let round = 0; round < 40; round += 1) {
      for (let id = 3; id < 63; id += 1)
        client.send(Buffer.concat([Buffer.from([0xc0 | id]), Buffer.alloc(128)]));
    }
  },
};

test.for(Object.entries(hostile))('%s: the connection is closed, others are undisturbed', async ([, act]) => {
  const { open, publications, logger } = await listen();
  const good = await open();
  good.publish(KEY);
  await started(good);
  const bad = await open();
  act(bad);
  await bad.closed;
  await waitFor('the log', () =>
    logger.lines.some(({ message }) => message.startsWith('RTMP connection closed: ')),
  );
  good.sendVideo(0, Buffer.from([0x17, 1, 0, 0, 0, 1]));
  await waitFor('media of the other', () => publications[0]?.media.video);
  expect(publications).toHaveLength(1);
  expect(JSON.stringify(logger.lines)).not.toContain(KEY);
});

test('a peer that asks and asks and never reads is disconnected', async () => {
  const { open, logger } = await listen();
  const client = await open();
  client.publish('');
  const greedy = await open();
  greedy.handshake();
  greedy.socket.pause();
  const pings = Buffer.concat(
    Array.from({ length: 20_000 }, () => writeChunks(userControlMessage(UserControl.pingRequest, 1), 2, 128)),
  );
  const closed = () => logger.lines.some(({ message }) => message.includes('does not read what it asks for'));
  await waitFor('its end', () => {
    if (greedy.socket.writableLength < 2 ** 20) greedy.send(pings);
    return closed();
  });
});

test('a ping is answered, and what has come is acknowledged', async () => {
  const { open } = await listen();
  const client = await open();
  client.publish(KEY);
  await started(client);
  const before = client.bytesReceived;
  client.sendMessage(userControlMessage(UserControl.pingRequest, 7), 2);
  await waitFor('the answer', () => client.bytesReceived === before + 12 + 6);
  client.sendMessage(controlMessage(MessageType.windowAckSize, 65_536), 2);
  client.sendVideo(0, Buffer.alloc(70_000, 0x27));
  await waitFor('the acknowledgement', () => client.bytesReceived === before + 12 + 6 + 12 + 4);
});

test('a handshake that never ends, and one byte at a time, do not keep a connection', async () => {
  const { open, logger } = await listen({ publishMs: 500 });
  const quiet = await open();
  const slow = await open();
  const drip = setInterval(() => slow.send(Buffer.from([3])), 20);
  cleanups.push(() => clearInterval(drip));
  await Promise.all([quiet.closed, slow.closed]);
  expect(logger.lines[0]?.message).toContain('did not publish within 0.5 s');
});

test('an encoder that falls silent is disconnected', async () => {
  const { open, publications, logger } = await listen({ silentMs: 500 });
  const client = await open();
  client.publish(KEY);
  await started(client);
  await client.closed;
  await publications[0]?.gone;
  expect(logger.lines.at(-1)).toMatchObject({
    fields: { room: 'r' },
    message: 'RTMP encoder gone: no data for 0.5 s',
  });
});

test('connections that do not publish are bounded, and do not keep an encoder out', async () => {
  const { open } = await listen({ maxPending: 4, maxPendingPerAddress: 100 });
  const idle = await Promise.all(Array.from({ length: 20 }, open));
  const client = await open();
  client.publish(KEY);
  await started(client);
  const open20 = () => idle.filter(({ socket }) => !socket.closed).length;
  await waitFor('the oldest to be closed', () => open20() <= 4);
  expect(client.socket.closed).toBe(false);
});

test('one address gets a part of the connections', async () => {
  const { open } = await listen({ maxPendingPerAddress: 3 });
  const idle = await Promise.all(Array.from({ length: 10 }, open));
  await waitFor('the rest to be closed', () => idle.filter(({ socket }) => !socket.closed).length === 3);
});

test('a key that is taken back ends its encoder, and the port', async () => {
  const { open, publications, registration, port } = await listen();
  const client = await open();
  client.publish(KEY);
  await started(client);
  registration.close();
  registration.close();
  await publications[0]?.gone;
  await client.closed;
  const refused = Promise.withResolvers<unknown>();
  connect(port, '127.0.0.1').on('error', refused.resolve);
  expect(await refused.promise).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a session recorded from FFmpeg gives the same media, however its bytes are cut', async () => {
  const bytes = await recordSession();
  const replay = (cuts: readonly number[]) => {
    const publication = new Publication();
    const reader = publication.attach(() => {});
    const session = new PublishSession({
      send: () => {},
      decide: (key) => (key === KEY ? { accepted: true, publication } : { accepted: false, reason: 'wrong' }),
      onOver: () => {},
    });
    let at = 0;
    for (let index = 0; at < bytes.length; index += 1) {
      const end = at + (cuts[index % cuts.length] ?? 1);
      session.push(bytes.subarray(at, end));
      at = end;
    }
    const { media } = publication;
    publication.end();
    return { reader, media };
  };
  const { reader, media } = replay([bytes.length]);
  expect(media).toMatchObject({ video: { codec: 'H.264' }, audio: { codec: 'AAC' } });
  const whole = Buffer.concat(await reader.toArray());
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 50 }),
      async (cuts) => {
        expect(Buffer.concat(await replay(cuts).reader.toArray()).equals(whole)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
  // One wrong byte anywhere: media or an RtmpError, nothing else.
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, flip) => {
      const before = bytes[position] ?? 0;
      bytes[position] = before ^ flip;
      try {
        replay([1460]);
      } catch (error) {
        expect(error).toBeInstanceOf(RtmpError);
      } finally {
        bytes[position] = before;
      }
    }),
    { numRuns: 100 },
  );
});

/** The first bytes that a real FFmpeg sends, with some media among them. */
async function recordSession(): Promise<Buffer> {
  const { port } = await listen();
  let recorded = Buffer.alloc(0);
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    client.on('data', (bytes: Buffer) => {
      recorded = Buffer.concat([recorded, bytes]);
    });
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
  });
  cleanups.push(() => proxy.close());
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (typeof address !== 'object' || !address) throw new Error('The proxy has no port');
  const encoder = await startEncoder({ port: address.port, key: KEY });
  cleanups.push(() => encoder.child.stop());
  await waitFor('some media', () => recorded.length > 100_000);
  await encoder.child.stop();
  return Buffer.from(recorded.subarray(0, 100_000));
}
