import { fetchCapabilities } from '@spillway/loadgen';
import { MAX_MESSAGE_BYTES, type ViewerInfo } from '@spillway/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { type RawOptions, RawSignaling } from './support/raw-signaling.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { Bystander, viewerCount } from './support/watched-room.ts';

const MAX_VIEWERS = 60;

const server = useServer({
  config: {
    ...patternOnly,
    limits: { maxViewersPerRoom: MAX_VIEWERS },
    signaling: { joinSeconds: 1, pingSeconds: 1, maxMessagesPerSecond: 20 },
  },
});
const room = patternRoom.name;

let bystander: Bystander;
let rtpCapabilities: object;
const connections: RawSignaling[] = [];

beforeAll(async () => {
  bystander = await Bystander.join(server, room);
  rtpCapabilities = await fetchCapabilities(server.url);
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await bystander.expectUndisturbed();
  await waitFor('only the bystander to be left', async () => (await viewerCount(server, room)) === 1);
});
afterAll(() => bystander?.close());

async function open(name: string = room, options?: RawOptions): Promise<RawSignaling> {
  const connection = await RawSignaling.open(server.signalingUrl(name), options);
  connections.push(connection);
  return connection;
}

async function openViewer(options?: RawOptions): Promise<RawSignaling> {
  const viewer = await open(room, options);
  expect(await viewer.request('watch', { rtpCapabilities })).toMatchObject({ ok: true });
  return viewer;
}

const final = { code: 4000, closing: { reconnect: false } };

describe('a connection', () => {
  test('that never joins is closed with the reason', async () => {
    const idle = await open();
    expect(await idle.ended()).toMatchObject({
      ...final,
      closing: { code: 'bad-request', reason: expect.stringContaining('in time') },
    });
  });

  test('that vanishes without a word is missed by its pings', async () => {
    const vanished = await openViewer({ pong: false });
    expect(await viewerCount(server, room)).toBe(2);
    await vanished.ended();
    expect(await viewerCount(server, room)).toBe(1);
  });

  test('that answers pings stays, however quiet', async () => {
    const quiet = await openViewer();
    const vanished = await openViewer({ pong: false });
    await vanished.ended();
    expect(quiet.end).toBeUndefined();
  });

  test('that ends while it joins leaves nothing', async () => {
    for (let count = 0; count < 50; count += 1) {
      const hasty = await open();
      hasty.post('watch', { rtpCapabilities });
      // Some are gone before the server reads the request, some while it makes their transport.
      setImmediate(() => hasty.close());
    }
  });

  test('is refused when the room is full, until others have left', async () => {
    while ((await viewerCount(server, room)) < MAX_VIEWERS) await openViewer();
    const late = await open();
    const refusal = { ok: false, errorCode: 429, errorReason: expect.stringContaining('full') };
    expect(await late.request('watch', { rtpCapabilities })).toMatchObject(refusal);
    connections[0]?.close();
    await waitFor('a free place', async () => (await viewerCount(server, room)) < MAX_VIEWERS);
    expect(await late.request('watch', { rtpCapabilities })).toMatchObject({ ok: true });
  });

  test('that the operator ends is told so for good', async () => {
    const viewer = await openViewer();
    const { body } = await server.api<{ viewers: ViewerInfo[] }>('GET', `/rooms/${room}/viewers`);
    // The newest.
    const { id } = body.viewers.toSorted((a, b) => a.since.localeCompare(b.since)).at(-1) ?? {};
    expect((await server.api('DELETE', `/rooms/${room}/viewers/${id}`)).status).toBe(204);
    expect(await viewer.ended()).toMatchObject({ ...final, closing: { code: 'removed' } });
  });

  test('that sends too much is closed', async () => {
    const loud = await openViewer();
    for (let count = 0; count < 100; count += 1) loud.post('pause', {});
    expect(await loud.ended()).toMatchObject({ ...final, closing: { code: 'too-many' } });
  });

  test('whose room name is none is refused', async () => {
    const socket = new WebSocket(server.signalingUrl('No%20Room'), 'protoo');
    const status = await new Promise((resolve) => {
      socket.on('error', () => {});
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
    });
    expect(status).toBe(400);
  });
});

describe('a frame that is no request closes the connection:', () => {
  const request = { request: true, id: 1, method: 'watch', data: {} };
  test.each([
    ['rubbish', 'rubbish'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['a text', '"watch"'],
    ['an array', '[]'],
    ['an array of requests', JSON.stringify([request])],
    ['an empty object', '{}'],
    ['a deep nest', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['a response', JSON.stringify({ response: true, id: 1, ok: true, data: {} })],
    ['a notification', JSON.stringify({ notification: true, method: 'watch', data: {} })],
    ['a request without an id', JSON.stringify({ ...request, id: undefined })],
    ['a request with a text as id', JSON.stringify({ ...request, id: '1' })],
    ['a request with a negative id', JSON.stringify({ ...request, id: -1 })],
    ['a request without a method', JSON.stringify({ ...request, method: undefined })],
    ['a request with an array as data', JSON.stringify({ ...request, data: [] })],
    ['a request with null as data', JSON.stringify({ ...request, data: null })],
    ['a request with more keys', JSON.stringify({ ...request, more: 1 })],
    ['half a request', JSON.stringify(request).slice(0, -5)],
  ])('%s', async (_, frame) => {
    const connection = await open();
    connection.send(frame);
    expect(await connection.ended()).toMatchObject({
      ...final,
      closing: { code: 'bad-request', reason: expect.stringMatching(/\w/) },
    });
  });

  test('binary', async () => {
    const connection = await open();
    connection.send(Buffer.from(JSON.stringify(request)));
    expect(await connection.ended()).toMatchObject({ ...final, closing: { code: 'bad-request' } });
  });

  test('one that is too large, by the WebSocket code for that', async () => {
    const connection = await openViewer();
    connection.send('x'.repeat(MAX_MESSAGE_BYTES + 1));
    expect(await connection.ended()).toMatchObject({ code: 1009 });
  });
});

describe('a request that cannot be answered is refused with the reason:', () => {
  const dtlsParameters = {
    role: 'client',
    fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }],
  };

  test.each([
    ['unknown', {}, 400],
    ['toString', {}, 400],
    ['__proto__', {}, 400],
    ['play', { consumerIds: [] }, 409],
    ['produce', {}, 409],
    ['status', {}, 409],
    ['watch', {}, 400],
    ['watch', { rtpCapabilities: {}, more: 1 }, 400],
    ['broadcast', { credential: '' }, 400],
  ])('first %s %j', async (method, data, errorCode) => {
    const connection = await open();
    const answer = await connection.request(method, data);
    expect(answer).toMatchObject({ ok: false, errorCode });
    expect(answer.errorReason).toMatch(/^[a-z-]+: ./);
    expect(connection.end).toBeUndefined();
  });

  test.each([
    ['broadcast', {}, 409],
    ['produce', {}, 409],
    ['end', {}, 409],
    ['play', { consumerIds: [] }, 409],
    ['play', { consumerIds: 'all', dtlsParameters }, 400],
    ['setLayer', { spatialLayer: 4 }, 400],
    ['pause', { now: true }, 400],
  ])('%s %j of a viewer', async (method, data, errorCode) => {
    const viewer = await openViewer();
    expect(await viewer.request(method, data)).toMatchObject({ ok: false, errorCode });
    // It may go on as a viewer.
    expect(await viewer.request('pause', {})).toMatchObject({ ok: true });
  });

  test('wrong credentials, and after the third the connection is closed', async () => {
    const stranger = await open();
    for (const credential of ['guess', 'other guess']) {
      expect(await stranger.request('broadcast', { credential })).toMatchObject({
        ok: false,
        errorCode: 401,
        errorReason: expect.stringContaining('unauthorized'),
      });
    }
    stranger.post('broadcast', { credential: 'last guess' });
    expect(await stranger.ended()).toMatchObject({ ...final, closing: { code: 'unauthorized' } });
  });

  test('publishing without a credential, in a room that is and one that is not', async () => {
    for (const name of [room, 'not-there']) {
      const stranger = await open(name);
      expect(await stranger.request('broadcast', {})).toMatchObject({ ok: false, errorCode: 401 });
    }
    expect((await server.api('GET', '/rooms/not-there')).status).toBe(404);
  });

  test('publishing where another does', async () => {
    const late = await open();
    expect(await late.request('broadcast', { credential: server.token })).toMatchObject({
      ok: false,
      errorCode: 409,
      errorReason: expect.stringContaining('room-busy'),
    });
  });
});

test('the server has lived through it all', async () => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^spillway_signaling_connections 1$/m);
  expect(server.running).toBe(true);
  expect(server.log).not.toMatch(/"level":[56]0/);
});
