import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import * as protoo from 'protoo-server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Closing, SignalingClient } from './signaling.ts';

type Handler = (
  method: string,
  accept: (data?: object) => void,
  reject: (code: number, reason: string) => void,
) => void;

let http: Server;
let sockets: Set<Socket>;
let client: SignalingClient;
let room: protoo.Room;
let peers: protoo.Peer[];
let urls: string[];
let handle: Handler;

/** Starts a protoo server on a port, any by default. */
async function listen(port = 0): Promise<number> {
  http = createServer();
  sockets = new Set();
  http.on('connection', (socket) => sockets.add(socket));
  room = new protoo.Room();
  const server = new protoo.WebSocketServer(http, {});
  server.on('connectionrequest', (info, accept) => {
    urls.push(info.request.url ?? '');
    const peer = room.createPeer(`peer${urls.length}`, accept());
    peers.push(peer);
    peer.on('request', (request, accept, reject) => handle(request.method, accept, reject));
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return portOf(http);
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return address.port;
}

/** Cuts all connections without a goodbye. */
function cut(): void {
  for (const socket of sockets) socket.destroy();
}

async function stop(): Promise<void> {
  room.close();
  cut();
  await new Promise((resolve) => http.close(resolve));
}

const next = (event: 'connected' | 'disconnected') =>
  new Promise<void>((resolve) => client.once(event, () => resolve()));

beforeEach(async () => {
  peers = [];
  urls = [];
  handle = (_method, accept) => accept({});
  client = new SignalingClient({ server: `http://127.0.0.1:${await listen()}/`, room: 'demo' });
});

afterEach(async () => {
  client.close();
  await stop();
});

test('connects to the room and answers requests', async () => {
  handle = (_method, accept) => accept({ state: 'live', viewers: 3, commonCodecs: ['VP8'] });
  client.connect();
  await next('connected');
  expect(urls).toEqual(['/signaling?room=demo']);
  expect(await client.request('status', {})).toEqual({ state: 'live', viewers: 3, commonCodecs: ['VP8'] });
});

test('an answer that the protocol does not allow is an error', async () => {
  handle = (_method, accept) => accept({ viewers: -1 });
  client.connect();
  await next('connected');
  await expect(client.request('status', {})).rejects.toMatchObject({ code: 'invalid-answer', status: 0 });
});

test('a rejection has its code, status and sentence', async () => {
  handle = (_method, _accept, reject) => reject(409, 'room-busy: somebody broadcasts here');
  client.connect();
  await next('connected');
  await expect(client.request('end', {})).rejects.toMatchObject({
    code: 'room-busy',
    status: 409,
    message: 'somebody broadcasts here',
  });
});

test('without a connection a request fails at once', async () => {
  await expect(client.request('end', {})).rejects.toMatchObject({ code: 'disconnected' });
});

test('a lost connection rejects what waits, and comes back', async () => {
  handle = () => {};
  client.connect();
  await next('connected');
  const waiting = client.request('end', {});
  const lost = next('disconnected');
  const back = next('connected');
  cut();
  await expect(waiting).rejects.toMatchObject({ code: 'disconnected' });
  await lost;
  await back;
});

test('notifications are checked', async () => {
  const playback = { state: 'offline', kinds: [], consumers: [] };
  const seen = vi.fn();
  const invalid = vi.fn();
  client.on('playback', seen);
  client.on('invalid', invalid);
  client.connect();
  await next('connected');
  await peers[0]?.notify('playback', { ...playback, state: 'up' });
  await peers[0]?.notify('unheard-of', {});
  await peers[0]?.notify('playback', playback);
  await vi.waitFor(() => expect(seen).toHaveBeenCalledWith(playback));
  expect(seen).toHaveBeenCalledTimes(1);
  expect(invalid).toHaveBeenCalledTimes(1);
});

test('comes back when the server says, and only then', async () => {
  client.connect();
  await next('connected');
  const gone = new Promise<number | undefined>((resolve) => client.once('disconnected', resolve));
  const soonest = Date.now() + 1000;
  await peers[0]?.notify('closing', { code: 'unavailable', reason: 'full', reconnect: true, retryAfter: 1 });
  cut();
  const returnsAt = await gone;
  expect(returnsAt).toBeGreaterThanOrEqual(soonest);
  await next('connected');
  expect(Date.now()).toBeGreaterThanOrEqual(soonest);
  const lost = new Promise<number | undefined>((resolve) => client.once('disconnected', resolve));
  cut();
  expect(await lost).toBeUndefined();
});

test('the server may say that it is over', async () => {
  const closed = new Promise<Closing>((resolve) => client.once('closed', resolve));
  client.connect();
  await next('connected');
  await peers[0]?.notify('closing', { code: 'removed', reason: 'by the operator', reconnect: false });
  expect(await closed).toEqual({ code: 'removed', reason: 'by the operator' });
  expect(client.closed).toBe(true);
});

test('close code 4000 is final', async () => {
  const closed = new Promise<Closing>((resolve) => client.once('closed', resolve));
  client.connect();
  await next('connected');
  peers[0]?.close();
  expect(await closed).toMatchObject({ code: 'final' });
});

test('connects when the server comes up later', async () => {
  const port = portOf(http);
  await stop();
  client.connect();
  await next('disconnected');
  await listen(port);
  await next('connected');
});

test('close is idempotent and says it once', async () => {
  const closed = vi.fn();
  client.on('closed', closed);
  client.connect();
  client.close();
  client.close();
  expect(closed).toHaveBeenCalledTimes(1);
  expect(closed).toHaveBeenCalledWith({ code: 'closed', reason: 'closed by this client' });
});
