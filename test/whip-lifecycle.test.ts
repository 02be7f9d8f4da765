import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoomInfo, ViewerInfo, WorkerInfo } from '@spillway/protocol';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { useBrowser } from './support/browser.ts';
import { EventReader } from './support/event-reader.ts';
import { patternRoom } from './support/pattern-room.ts';
import { BarePeer } from './support/peers/bare-peer.ts';
import { BrowserPeer } from './support/peers/browser-peer.ts';
import { RawHttp } from './support/raw-http.ts';
import { RawSignaling } from './support/raw-signaling.ts';
import {
  expectRefusal,
  fragment,
  ICE_FRAGMENT,
  play,
  publish,
  retryAfter,
  SDP,
  sdpRequest,
  sessionOf,
} from './support/sdp-request.ts';
import { type TestServer, useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { viewersOf, whenRoomIsLive } from './support/whep-room.ts';

const WATCHED = patternRoom.name;
/** A room with the same picture, for the one who is killed. */
const QUIET = 'quiet';
/** A room whose source nobody sends to. */
const WAITING = 'waiting';
const MAX_VIEWERS = 30;

const rooms = [patternRoom, { ...patternRoom, name: QUIET }, { name: WAITING, source: { type: 'rtp' } }];
const config = { demo: { enabled: false }, rooms, broadcast: { graceSeconds: 1 } };
const sessions = {
  ...{ perSecond: 100_000, perAddressPerSecond: 100_000 },
  ...{ startSeconds: 30, connectSeconds: 5, silenceSeconds: 15 },
};
const server = useServer({ config: { ...config, sessions, limits: { maxViewersPerRoom: MAX_VIEWERS } } });
/** One that is stopped, and bounds the rate of offers as it does by default. */
const other = useServer({ config: { ...config, sessions: { startSeconds: 30, connectSeconds: 5 } } });

const browser = useBrowser();

/** What plays in room `quiet`, in processes of their own: one is killed at once; GStreamer sends no ICE consent checks. */
const players: ChildProcess[] = [];
let killed = '';
/** Frames that GStreamer has decoded. */
let frames = 0;

/** Starts a player; gives the lines that it writes. */
function startPlayer(program: string, ...args: readonly string[]): ReturnType<typeof createInterface> {
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'ignore'] });
  players.push(child);
  return createInterface(child.stdout);
}

beforeAll(async () => {
  await Promise.all([server, other].map((each) => whenRoomIsLive(each, WATCHED)));
  await whenRoomIsLive(server, QUIET);
  const url = `${server.url}/whep/${QUIET}`;
  const peers = join(import.meta.dirname, 'support/peers');
  startPlayer('/usr/bin/python3', join(peers, 'gst-peer.py'), 'play', url, '').on('line', (line) => {
    frames = Number(/"video": \{"frames": (\d+)/.exec(line)?.[1] ?? frames);
  });
  await waitFor('GStreamer to play', () => frames > 0, 40_000);
  const [session] = await once(startPlayer(process.execPath, join(peers, 'bare-player.ts'), url), 'line');
  killed = String(session);
  players.at(-1)?.kill('SIGKILL');
});
afterAll(() => {
  for (const child of players) child.kill('SIGKILL');
});

const status = async (on: TestServer, session: string) =>
  (await sdpRequest(on, session, { method: 'GET' })).status;
const whenEnded = (on: TestServer, session: string, limit?: number) =>
  waitFor('the session to end', async () => (await status(on, session)) === 404, limit);
const infoOf = async (on: TestServer, room: string) => (await on.api<RoomInfo>('GET', `/rooms/${room}`)).body;

async function whenNobodyWatches(on: TestServer, room: string): Promise<void> {
  const viewers = () => viewersOf(on, room);
  await waitFor(`nobody to watch ${room}`, async () => (await viewers()).length === 0, 30_000, viewers);
}

/** Whether or not its session, or the server, is still there. */
async function leave(peer: BarePeer): Promise<void> {
  await peer.delete().catch(() => {});
  peer.close();
}

async function openPlayer(on: TestServer, room: string = WATCHED): Promise<BarePeer> {
  const peer = await BarePeer.play(`${on.url}/whep/${room}`);
  onTestFinished(() => leave(peer));
  await peer.whenReceiving();
  return peer;
}

async function openPublisher(on: TestServer, room: string): Promise<BarePeer> {
  const peer = await BarePeer.publish(`${on.url}/whip/${room}`, on.token);
  onTestFinished(() => leave(peer));
  await peer.whenConnected();
  return peer;
}

/** A page of the server's origin with nothing at work in it. */
async function openPage() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/livez`);
  return page;
}

/** Publishes in a browser without a camera: a path, and never a picture. Gives the URL of the session. */
async function publishNothing(room: string): Promise<string> {
  const page = await openPage();
  return page.evaluate(
    async ({ url, token }) => {
      const connection = new RTCPeerConnection();
      connection.addTransceiver('video', { direction: 'sendonly' });
      await connection.setLocalDescription();
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
        body: connection.localDescription?.sdp ?? '',
      });
      await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      await new Promise((resolve) => {
        connection.addEventListener('connectionstatechange', () => {
          if (connection.connectionState === 'connected') resolve(undefined);
        });
      });
      return response.headers.get('location') ?? '';
    },
    { url: `${server.url}/whip/${room}`, token: server.token },
  );
}

describe('the session of a player ends', () => {
  test('with its DTLS', async () => {
    const player = await BrowserPeer.play(await openPage(), `${server.url}/whep/${WATCHED}`);
    await waitFor('the player to be connected', async () => (await viewersOf(server, WATCHED))[0]?.path);
    await player.page.evaluate(async () => {
      const { connection }: { connection: RTCPeerConnection } = Reflect.get(globalThis, 'testPeer');
      connection.close();
      return '';
    }, '');
    await whenEnded(server, player.location);
    expect(await viewersOf(server, WATCHED)).toEqual([]);
  });

  test('with DELETE, and its connection with it', async () => {
    const player = await openPlayer(server);
    expect(await player.delete()).toBe(200);
    expect(await viewersOf(server, WATCHED)).toEqual([]);
    await waitFor('the player to notice', () => player.ended);
    expect(await player.delete()).toBe(404);
  });

  test('when the operator sends the viewer away', async () => {
    const player = await openPlayer(server);
    const [viewer] = await viewersOf(server, WATCHED);
    expect(viewer).toMatchObject({ by: 'whep', playing: true, path: 'udp', address: '127.0.0.1' });
    expect((await server.api('DELETE', `/rooms/${WATCHED}/viewers/${viewer?.id}`)).status).toBe(204);
    expect(await status(server, player.location)).toBe(404);
    await waitFor('the player to notice', () => player.ended);
  });

  test('with the room, and so does that of the publisher', async () => {
    const publisher = await openPublisher(server, 'removed');
    publisher.send();
    const player = await openPlayer(server, 'removed');
    const made = await sdpRequest(server, `${player.location}/sse`);
    const events = await EventReader.open(new URL(made.headers.get('location') ?? '', server.url));
    expect((await server.api('DELETE', '/rooms/removed')).status).toBe(204);
    for (const peer of [publisher, player]) {
      expect(await status(server, peer.location)).toBe(404);
      await waitFor('the peer to notice', () => peer.ended);
    }
    await waitFor('the events to end', () => events.ended);
  });

  test('not with the broadcast, which may come back', async () => {
    const first = await openPublisher(server, 'again');
    first.send();
    const player = await openPlayer(server, 'again');
    expect((await server.api('DELETE', '/rooms/again/broadcast')).status).toBe(204);
    expect(await status(server, first.location)).toBe(404);
    await waitFor('the publisher to notice', () => first.ended);
    expect(await status(server, player.location)).toBe(204);
    const second = await openPublisher(server, 'again');
    second.send();
    await player.whenReceiving();
    await player.delete();
  });
});

describe('the session of a publisher', () => {
  test('that connects and sends nothing ends, and the room is free', async () => {
    const silent = await openPublisher(server, 'silent');
    const pathOnly = await publishNothing('path-only');
    const sending = await openPublisher(server, 'sending');
    sending.send();
    for (const session of [silent.location, pathOnly]) await whenEnded(server, session, 30_000);
    await waitFor('the publisher to notice', () => silent.ended);
    for (const room of ['silent', 'path-only']) {
      expect(await infoOf(server, room)).toMatchObject({ state: 'offline' });
    }
    expect(await status(server, sending.location)).toBe(204);
    expect(await infoOf(server, 'sending')).toMatchObject({ state: 'live' });
    expect(await sending.delete()).toBe(200);
    expect(await infoOf(server, 'sending')).toMatchObject({ state: 'offline' });
  });

  test('ends when another WHIP client takes over, which the former cannot undo', async () => {
    const first = await openPublisher(server, 'taken');
    first.send();
    const player = await openPlayer(server, 'taken');
    const second = await openPublisher(server, 'taken');
    second.send();
    await waitFor('the former to notice', () => first.ended);
    expectRefusal(await sdpRequest(server, first.location, { method: 'DELETE' }), 404, 'not-found');
    const patched = await sdpRequest(server, first.location, {
      ...{ method: 'PATCH', type: ICE_FRAGMENT, body: fragment('chromium-156-trickle') },
      headers: { 'if-match': '*' },
    });
    expectRefusal(patched, 404, 'not-found');
    await player.whenReceiving();
    expect(await status(server, second.location)).toBe(204);
    await player.delete();
    await second.delete();
  });

  test('is the only one, however many offer at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => publish(server, '/whip/crowded')));
    for (const answer of answers.filter((each) => each.status !== 201)) {
      expect([409, 503], answer.text).toContain(answer.status);
    }
    const opened = answers.filter((answer) => answer.status === 201).map(sessionOf);
    const living = await Promise.all(opened.map((session) => status(server, session)));
    expect(living.filter((each) => each === 204)).toHaveLength(1);
    expect(await infoOf(server, 'crowded')).toMatchObject({ state: 'live' });
    for (const session of opened) await sdpRequest(server, session, { method: 'DELETE' });
    expect(await infoOf(server, 'crowded')).toMatchObject({ state: 'offline' });
  });

  test('does not begin where another broadcasts: a source, or a browser', async () => {
    expectRefusal(await publish(server, `/whip/${WATCHED}`), 409, 'room-busy');
    const broadcast = { credential: server.token };
    const studio = await RawSignaling.open(server.signalingUrl('busy'));
    onTestFinished(() => studio.close());
    expect(await studio.request('broadcast', broadcast)).toMatchObject({ ok: true });
    expectRefusal(await publish(server, '/whip/busy'), 409, 'room-busy');
    const session = sessionOf(await publish(server, '/whip/busy?takeover=true'));
    const back = await RawSignaling.open(server.signalingUrl('busy'));
    onTestFinished(() => back.close());
    expect(await back.request('broadcast', broadcast)).toMatchObject({ ok: false, errorCode: 409 });
    expect(await back.request('broadcast', { ...broadcast, takeover: true })).toMatchObject({ ok: true });
    expect(await status(server, session)).toBe(404);
  });
});

describe('an offer', () => {
  test('whose client goes before the answer leaves nothing', async () => {
    const half = await RawHttp.open(server);
    const head = `POST /whep/${WATCHED} HTTP/1.1\r\nHost: x\r\nContent-Type: ${SDP}\r\n`;
    await half.send(`${head}Content-Length: 9\r\n\r\nv=0`);
    half.destroy();
    const asked = [0, 3, 10, 30, 300].flatMap((delay) => {
      const give = () => ({ signal: AbortSignal.timeout(delay) });
      const played = [`/whep/${WAITING}`, `/offer?room=${WAITING}`, `/whep/${WATCHED}`];
      return [...played.map((path) => play(server, path, give())), publish(server, '/whip/aborted', give())];
    });
    const answered = await Promise.allSettled(asked);
    expect(answered.filter((each) => each.status === 'rejected').length).toBeGreaterThan(10);
    for (const room of [WAITING, WATCHED]) await whenNobodyWatches(server, room);
    const state = async () => (await infoOf(server, 'aborted')).state;
    await waitFor('no broadcast', async () => (await state()) === 'offline', 30_000, state);
  });

  test('of many at once is taken while there is place, and counted to the last', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => play(server, `/whep/${WATCHED}`)));
    const opened = answers.filter((answer) => answer.status === 201);
    expect(opened).toHaveLength(MAX_VIEWERS);
    for (const refused of answers.filter((answer) => answer.status !== 201)) {
      expectRefusal(refused, 503, 'unavailable', /full/);
      expect(retryAfter(refused)).toBeGreaterThan(0);
    }
    expect(await viewersOf(server, WATCHED)).toHaveLength(MAX_VIEWERS);
    for (const answer of opened.slice(0, 10)) {
      expect((await sdpRequest(server, sessionOf(answer), { method: 'DELETE' })).status).toBe(200);
    }
    expect(await viewersOf(server, WATCHED)).toHaveLength(MAX_VIEWERS - 10);
    // The others never connect.
    await whenNobodyWatches(server, WATCHED);
    for (const answer of opened) expect(await status(server, sessionOf(answer))).toBe(404);
  });

  test('of many of one address at once is taken at a bounded rate', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => play(other, `/whep/${WATCHED}`)));
    const opened = answers.filter((answer) => answer.status === 201);
    expect(opened.length).toBeGreaterThanOrEqual(40);
    expect(opened.length).toBeLessThan(200);
    for (const refused of answers.filter((answer) => answer.status !== 201)) {
      expectRefusal(refused, 429, 'too-many');
      expect(retryAfter(refused)).toBe(1);
    }
    const viewers: ViewerInfo[] = await viewersOf(other, WATCHED);
    expect(viewers).toHaveLength(opened.length);
    await whenNobodyWatches(other, WATCHED);
  });
});

test('with its media worker a session ends; as soon as that is back, another one plays', async () => {
  const player = await openPlayer(other);
  const made = await sdpRequest(other, `${player.location}/sse`);
  const events = await EventReader.open(new URL(made.headers.get('location') ?? '', other.url));
  const publisher = await openPublisher(other, 'worker');
  publisher.send();
  const { body } = await other.api<{ workers: WorkerInfo[] }>('GET', '/workers');
  process.kill(body.workers[0]?.pid ?? Number.NaN, 'SIGKILL');
  await waitFor('the events to end', () => events.ended);
  expect(events.dataOf('reconnect')).toEqual([{}]);
  for (const peer of [player, publisher]) await whenEnded(other, peer.location);
  const answer = await waitFor('an offer to be taken', async () => {
    const each = await play(other, `/whep/${WATCHED}`);
    if (each.status === 201) return each;
    expect([409, 503], each.text).toContain(each.status);
    expect(retryAfter(each)).toBeGreaterThan(0);
    await sleep(retryAfter(each) * 1000);
    return undefined;
  });
  expect((await sdpRequest(other, sessionOf(answer), { method: 'DELETE' })).status).toBe(200);
  const again = await openPublisher(other, 'worker');
  again.send();
  const next = await openPlayer(other, 'worker');
  expect(await viewersOf(other, WATCHED)).toEqual([]);
  await next.delete();
  await again.delete();
});

test('a server with sessions, events and offers under way stops in order', async () => {
  const player = await openPlayer(other);
  const publisher = await openPublisher(other, 'stopped');
  publisher.send();
  const streams = await Promise.all([0, 1].map(() => sdpRequest(other, `${player.location}/sse`)));
  const [read, unread] = streams.map(({ headers }) => headers.get('location') ?? '');
  const events = await EventReader.open(new URL(read ?? '', other.url));
  const raw = await Promise.all(
    [
      `GET ${unread} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `POST /whep/${WATCHED} HTTP/1.1\r\nHost: x\r\nContent-Type: ${SDP}\r\nContent-Length: 9\r\n\r\nv=0`,
    ].map(async (text) => {
      const http = await RawHttp.open(other);
      await http.send(text);
      return http;
    }),
  );
  const waiting = play(other, `/whep/${WAITING}`).then(
    (answer) => answer.status,
    () => 'nothing',
  );
  await waitFor('the one who waits', async () => (await viewersOf(other, WAITING)).length === 1);
  // Fails unless it ends by itself, with nothing left.
  await other.stop();
  const failures = other.log.match(/^.*"level":[56]0.*$/gm) ?? [];
  expect(failures.filter((line) => !line.includes('a media worker died'))).toEqual([]);
  await waitFor('all connections to end', () => events.ended && raw.every((http) => http.closed));
  expect(events.dataOf('reconnect')).toEqual([{}]);
  expect([409, 503, 'nothing']).toContain(await waiting);
  for (const peer of [player, publisher]) await waitFor('the peer to notice', () => peer.ended);
});

test('a player that was killed is found by its silence, and no other', { timeout: 90_000 }, async () => {
  await whenEnded(server, killed, 60_000);
  const before = frames;
  await waitFor('GStreamer to play on', () => frames > before);
  expect(await viewersOf(server, QUIET)).toMatchObject([{ by: 'whep', playing: true }]);
});
