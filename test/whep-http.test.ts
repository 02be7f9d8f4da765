import type { RoomInfo, ViewerInfo } from '@spillway/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { offerFixture, offerFixtures } from '../packages/sdp/src/fixtures/index.ts';
import { EventReader } from './support/event-reader.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { LibDataChannelPlayer } from './support/peers/libdatachannel.ts';
import { whenPlayerPlays } from './support/peers/player.ts';
import { PythonPeer } from './support/peers/python-peer.ts';
import {
  expectRefusal,
  fragment,
  ICE_FRAGMENT,
  play,
  playWhenLive,
  publish,
  retryAfter,
  SDP,
  type SdpAnswer,
  sdpRequest,
  sessionOf,
} from './support/sdp-request.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';

const sessions = {
  perSecond: 1000,
  perAddressPerSecond: 1000,
  startSeconds: 20,
  connectSeconds: 5,
  silenceSeconds: 10,
};
const offer = { room: 'plain' };
const broadcast = { graceSeconds: 2 };
const server = useServer({ config: { ...patternOnly, sessions, offer, broadcast } });

/** Each test has a room of its own. */
let room = '';
let count = 0;
beforeEach(() => {
  count += 1;
  room = `whep-${count}`;
});
const viewersOf = async (name: string) =>
  (await server.api<{ viewers: ViewerInfo[] }>('GET', `/rooms/${name}/viewers`)).body.viewers;
const goLive = async (body = offerFixture('chromium-156-publish').sdp) =>
  sessionOf(await publish(server, `/whip/${room}`, { body }));

/** Of a client that wants to know why it is refused, instead of an offer of the server. */
const explained = { accept: 'application/problem+json' };

/** Posts JSON to what a session has. */
const post = (path: string, body?: unknown): Promise<SdpAnswer> =>
  sdpRequest(
    server,
    path,
    body === undefined ? {} : { type: 'application/json', body: JSON.stringify(body) },
  );

describe('an offer', () => {
  it('is answered 201 with the session, its entity tag, its extensions and the answer', async () => {
    await goLive();
    const { status, headers, text } = await play(server, `/whep/${room}`);
    expect([status, headers.get('content-type')]).toEqual([201, SDP]);
    const session = headers.get('location') ?? '';
    expect(session).toMatch(new RegExp(`^/whep/${room}/[\\w-]{24}$`));
    expect(headers.get('etag')).toMatch(/^"[\w-]+"$/);
    expect(headers.get('link')).toBe(
      [
        `<${session}/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="active,inactive,layers,viewercount,reconnect"`,
        `<${session}/layer>; rel="urn:ietf:params:whep:ext:core:layer"`,
      ].join(', '),
    );
    expect(text).toMatch(/^v=0\r\n/);
    expect(text).toMatch(/^a=sendonly\r$/m);
    expect(await viewersOf(room)).toMatchObject([{ by: 'whep', playing: true }]);
  });

  it.each(offerFixtures.filter(({ role }) => role === 'play').map(({ name }) => name))(
    'of %s is taken if it has the codec',
    async (name) => {
      await goLive(offerFixture('gstreamer-1.22.0-publish-h264').sdp);
      const answer = await play(server, `/whep/${room}`, {
        body: offerFixture(name).sdp,
        headers: explained,
      });
      if (!offerFixture(name).sdp.includes('H264')) expectRefusal(answer, 406, 'not-acceptable', /H264/);
      else expect((await sdpRequest(server, sessionOf(answer), { method: 'DELETE' })).status).toBe(200);
    },
  );

  it('for a room that is not there: 404; where nothing is live: 409, to be asked again', async () => {
    expectRefusal(await play(server, `/whep/${room}`), 404, 'not-found');
    await server.api('POST', '/rooms', { name: room });
    const refused = await play(server, `/whep/${room}`);
    expectRefusal(refused, 409, 'not-live');
    expect(retryAfter(refused)).toBe(2);
    expect(await viewersOf(room)).toEqual([]);
  });

  it('starts a source on demand and waits for it', async () => {
    await server.api('POST', '/rooms', { name: room, source: { ...patternRoom.source, onDemand: true } });
    const session = sessionOf(await playWhenLive(server, `/whep/${room}`));
    expect((await sdpRequest(server, session, { method: 'DELETE' })).status).toBe(200);
    expect(await viewersOf(room)).toEqual([]);
  });

  it('is refused as offers to publish are: 400, 406, 413, 415, 422', async () => {
    await goLive();
    const { sdp } = offerFixture('chromium-156-play');
    const offerOf = (body: string, type = SDP) =>
      play(server, `/whep/${room}`, { body, type, headers: explained });
    expectRefusal(await offerOf(''), 400, 'bad-request');
    expectRefusal(await offerOf('hello'), 400, 'bad-request', /SDP/);
    expectRefusal(await offerOf(sdp, 'text/plain'), 415, 'unsupported-media-type');
    expectRefusal(await offerOf('v=0\r\n'.padEnd(70_000, 'a=x\r\n')), 413, 'too-large');
    const sendonly = sdp.replaceAll('a=recvonly', 'a=sendonly');
    expectRefusal(await offerOf(sendonly), 406, 'not-acceptable', /line/);
    const holdconn = sdp.replaceAll('a=setup:actpass', 'a=setup:holdconn');
    expectRefusal(await offerOf(holdconn), 422, 'unprocessable');
    expect(await viewersOf(room)).toEqual([]);
  });
});

describe('a session', () => {
  it('takes candidates and restarts of ICE', async () => {
    await goLive();
    const body = offerFixture('chromium-156-play-before-restart').sdp;
    const opened = await play(server, `/whep/${room}`, { body });
    const session = sessionOf(opened);
    const etag = opened.headers.get('etag') ?? '';
    const patch = (ifMatch: string, name: string) =>
      sdpRequest(server, session, {
        ...{ method: 'PATCH', type: ICE_FRAGMENT, body: fragment(name) },
        headers: { 'if-match': ifMatch },
      });
    const trickled = await patch(etag, 'chromium-156-trickle');
    expect([trickled.status, trickled.headers.get('etag'), trickled.text]).toEqual([204, null, '']);
    expect((await patch('*', 'chromium-156-trickle-session-level')).status).toBe(204);
    const restarted = await patch('*', 'chromium-156-restart');
    expect([restarted.status, restarted.headers.get('content-type')]).toEqual([200, ICE_FRAGMENT]);
    expect(restarted.headers.get('etag')).toMatch(/^"[\w-]+"$/);
    expect(restarted.headers.get('etag')).not.toBe(etag);
    expect(restarted.text).toMatch(/^a=candidate:/m);
    const matches = (text: string, name: RegExp) => [...new Set(text.match(name))].sort();
    const credentials = /^a=ice-(ufrag|pwd):.*\r$/gm;
    expect(matches(restarted.text, credentials)).toHaveLength(2);
    expect(matches(opened.text, credentials)).not.toContain(matches(restarted.text, credentials)[0]);
    const options = /^a=ice-(lite|options|pacing).*\r$/gm;
    expect(matches(restarted.text, options)).toEqual(matches(opened.text, options));
    expectRefusal(await patch(etag, 'chromium-156-trickle'), 412, 'precondition-failed');
  });

  it('outlives what it refuses, and keeps its ICE session', async () => {
    await goLive();
    const body = offerFixture('chromium-156-play-before-restart').sdp;
    const opened = await play(server, `/whep/${room}`, { body });
    const session = sessionOf(opened);
    const etag = opened.headers.get('etag') ?? '';
    const restart = fragment('chromium-156-restart');
    const patch = (ifMatch: string | undefined, text: string, type = ICE_FRAGMENT) =>
      sdpRequest(server, session, {
        ...{ method: 'PATCH', type, body: text },
        headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
      });
    expectRefusal(await patch(undefined, restart), 428, 'precondition-required');
    expectRefusal(await patch('"old"', restart), 412, 'precondition-failed');
    expectRefusal(await patch('*', 'hello'), 400, 'bad-request');
    expectRefusal(await patch('*', ''), 400, 'bad-request');
    expectRefusal(await patch('*', restart, 'text/plain'), 415, 'unsupported-media-type');
    expectRefusal(await patch('*', body, SDP), 409, 'wrong-state');
    expect((await patch(etag, fragment('chromium-156-trickle'))).status).toBe(204);
    const headers = { 'if-match': '"any"' };
    expect((await sdpRequest(server, session, { method: 'DELETE', headers })).status).toBe(200);
  });

  it('takes its connection along when it ends', async () => {
    await server.api('POST', '/rooms', { name: room, source: patternRoom.source });
    await waitFor(
      'the source',
      async () => (await server.api<RoomInfo>('GET', `/rooms/${room}`)).body.state === 'live',
    );
    const player = await LibDataChannelPlayer.play(`${server.url}/whep/${room}`);
    await whenPlayerPlays(player);
    expect((await sdpRequest(server, player.location, { method: 'DELETE' })).status).toBe(200);
    await waitFor(
      'the connection to end',
      () => player.ended,
      10_000,
      () => player.describe(),
    );
  });

  it('of a client that dies without a word ends by itself, a player’s as a publisher’s', async () => {
    const publisher = await PythonPeer.publish('aiortc', `${server.url}/whip/${room}`, server.token, 'VP8');
    await waitFor(
      'the broadcast',
      async () => (await server.api<RoomInfo>('GET', `/rooms/${room}`)).body.state === 'live',
      30_000,
    );
    const player = await PythonPeer.play('aiortc', `${server.url}/whep/${room}`);
    await whenPlayerPlays(player);
    const whenGone = ({ location }: PythonPeer) =>
      waitFor(
        'the session to end',
        async () => (await sdpRequest(server, location, { method: 'GET' })).status === 404,
        60_000,
      );
    await player.kill();
    await whenGone(player);
    expect(await viewersOf(room)).toEqual([]);
    await publisher.kill();
    await whenGone(publisher);
    expect((await server.api<RoomInfo>('GET', `/rooms/${room}`)).body.state).toBe('offline');
  }, 150_000);

  it('ends with its client, with the operator, and with its broadcast’s room', async () => {
    const broadcast = await goLive();
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map(async () => sessionOf(await play(server, `/whep/${room}`))),
    );
    const status = async (session = '') => (await sdpRequest(server, session, { method: 'GET' })).status;
    expect(await status(first)).toBe(204);
    const deleted = await sdpRequest(server, first ?? '', { method: 'DELETE' });
    expect([deleted.status, deleted.text]).toEqual([200, '']);
    expect(await status(first)).toBe(404);
    const [viewer] = await viewersOf(room);
    expect((await server.api('DELETE', `/rooms/${room}/viewers/${viewer?.id}`)).status).toBe(204);
    expect([await status(second), await status(third)].sort()).toEqual([204, 404]);
    // What it waits for may come back.
    await sdpRequest(server, broadcast, { method: 'DELETE' });
    expect(await viewersOf(room)).toHaveLength(1);
    await server.api('DELETE', `/rooms/${room}`);
    expect([await status(second), await status(third)]).toEqual([404, 404]);
  });

  it('that never connects ends by itself', async () => {
    await goLive();
    const session = sessionOf(await play(server, `/whep/${room}`));
    await waitFor(
      'the session to end',
      async () => (await sdpRequest(server, session, { method: 'GET' })).status === 404,
      30_000,
    );
    expect(await viewersOf(room)).toEqual([]);
  });
});

describe('events', () => {
  const openStream = async (session: string, names?: readonly string[]) => {
    const made = await post(`${session}/sse`, names);
    expect(made.status).toBe(201);
    const stream = made.headers.get('location') ?? '';
    expect(stream).toMatch(new RegExp(`^${session}/sse/[\\w-]+$`));
    return stream;
  };

  it('tell what is live, its layers and how many watch', async () => {
    const broadcast = await goLive(offerFixture('chromium-156-publish-simulcast').sdp);
    const session = sessionOf(await play(server, `/whep/${room}`));
    const stream = await openStream(session);
    const events = await EventReader.open(new URL(stream, server.url), { origin: 'https://page.example' });
    expect(events.headers.get('access-control-allow-origin')).toBe('*');
    await waitFor('the layers', () => events.dataOf('layers').length > 0);
    expect(events.all.map(({ event }) => event).sort()).toEqual(['active', 'layers', 'viewercount']);
    expect(events.dataOf('layers')).toEqual([
      {
        1: [2, 1, 0].map((spatialLayerId) =>
          expect.objectContaining({ rid: ['q', 'h', 'f'][spatialLayerId], spatialLayerId }),
        ),
      },
    ]);
    const another = sessionOf(await play(server, `/whep/${room}`));
    await waitFor('the viewers', () => events.dataOf('viewercount').length > 1);
    expect(events.dataOf('viewercount')).toEqual([{ viewercount: 1 }, { viewercount: 2 }]);
    await sdpRequest(server, broadcast, { method: 'DELETE' });
    await waitFor('the end of the broadcast', () => events.dataOf('inactive').length > 0);
    await goLive();
    await waitFor('the next broadcast', () => events.dataOf('active').length > 1);
    for (const each of [session, another]) await sdpRequest(server, each, { method: 'DELETE' });
    await waitFor('the end of the events', () => events.ended);
    expect(events.dataOf('reconnect')).toEqual([]);
  });

  it('are only those that are wanted, from when the stream was made', async () => {
    const broadcast = await goLive();
    const session = sessionOf(await play(server, `/whep/${room}`));
    const stream = await openStream(session, ['inactive', 'scte35']);
    await sdpRequest(server, broadcast, { method: 'DELETE' });
    const events = await EventReader.open(new URL(stream, server.url));
    await waitFor('the event', () => events.all.length > 0);
    expect(events.all).toEqual([{ event: 'inactive', data: {} }]);
    const next = await EventReader.open(new URL(stream, server.url));
    await waitFor('the former reader to end', () => events.ended);
    expect((await sdpRequest(server, stream, { method: 'DELETE' })).status).toBe(200);
    await waitFor('the reader to end', () => next.ended);
    for (const method of ['GET', 'DELETE']) {
      expectRefusal(await sdpRequest(server, stream, { method }), 404, 'not-found');
    }
  });

  it('begin without "inactive" where nothing is live, and are gone with their session', async () => {
    const broadcast = await goLive();
    const session = sessionOf(await play(server, `/whep/${room}`));
    await sdpRequest(server, broadcast, { method: 'DELETE' });
    const stream = await openStream(session);
    const events = await EventReader.open(new URL(stream, server.url));
    await waitFor('the events', () => events.all.length > 0);
    expect(events.all.map(({ event }) => event)).not.toContain('inactive');
    await sdpRequest(server, session, { method: 'DELETE' });
    await waitFor('the end of the events', () => events.ended);
    expect(events.dataOf('inactive')).toEqual([]);
    expectRefusal(await sdpRequest(server, stream, { method: 'GET' }), 404, 'not-found');
  });

  it('have a bound: four streams', async () => {
    await goLive();
    const session = sessionOf(await play(server, `/whep/${room}`));
    for (let streams = 0; streams < 4; streams += 1) await openStream(session);
    expectRefusal(await post(`${session}/sse`), 429, 'too-many');
    expectRefusal(await post(`${session}/sse`, { active: true }), 400, 'bad-request');
    expectRefusal(await post(`/whep/${room}/none/sse`), 404, 'not-found');
    expectRefusal(await sdpRequest(server, `${session}/sse`, { method: 'GET' }), 405, 'method-not-allowed');
  });
});

it('a session is not changed more often than a client has reason to: 429', async () => {
  await goLive();
  const session = sessionOf(await play(server, `/whep/${room}`));
  const answers = await Promise.all(Array.from({ length: 30 }, () => post(`${session}/layer`, {})));
  const refused = answers.find(({ status }) => status !== 200);
  if (!refused) throw new Error('none was refused');
  expectRefusal(refused, 429, 'too-many');
  expect(retryAfter(refused)).toBe(1);
  expect((await sdpRequest(server, session, { method: 'DELETE' })).status).toBe(200);
});

it('a layer is chosen, if there is one', async () => {
  await goLive(offerFixture('chromium-156-publish-simulcast').sdp);
  const session = sessionOf(await play(server, `/whep/${room}`));
  const layer = `${session}/layer`;
  for (const wish of [
    { rid: 'q' },
    { mediaId: '1', spatialLayerId: 2, maxTemporalLayerId: 0 },
    { maxWidth: 640 },
    {},
  ]) {
    expect(await post(layer, wish), JSON.stringify(wish)).toMatchObject({ status: 200, text: '' });
  }
  expectRefusal(await post(layer, { rid: 'x' }), 422, 'unprocessable', /no layer "x"/);
  expectRefusal(await post(layer, { mediaId: '0' }), 422, 'unprocessable', /m-line 1/);
  expectRefusal(await post(layer, { spatialLayerId: -1 }), 400, 'bad-request');
  expectRefusal(await post(layer, { rid: 7 }), 400, 'bad-request');
  const refused = await sdpRequest(server, layer, { type: 'text/plain', body: '{}' });
  expectRefusal(refused, 415, 'unsupported-media-type');
  const options = await sdpRequest(server, layer, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('accept-post')]).toEqual([200, 'application/json']);
});

describe('other requests', () => {
  it('GET and HEAD get nothing: 204', async () => {
    for (const method of ['GET', 'HEAD']) {
      expect(await sdpRequest(server, `/whep/${room}`, { method })).toMatchObject({ status: 204, text: '' });
    }
  });

  it('OPTIONS says what may be sent, to pages of other origins too', async () => {
    for (const [path, name, value] of [
      [`/whep/${room}`, 'accept-post', SDP],
      [`/whep/${room}/any`, 'accept-patch', `${ICE_FRAGMENT}, ${SDP}`],
      [`/whep/${room}/any/sse`, 'accept-post', 'application/json'],
      [`/whep/${room}/any/layer`, 'accept-post', 'application/json'],
    ] as const) {
      const headers = { origin: 'https://page.example', 'access-control-request-method': 'POST' };
      const answer = await sdpRequest(server, path, { method: 'OPTIONS', headers });
      expect([answer.status, answer.headers.get(name)], path).toEqual([200, value]);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-methods')).toMatch(/POST, PATCH, DELETE/);
    }
  });

  it('others have no answer: 405; and none is redirected', async () => {
    for (const path of [`/whep/${room}`, `/whep/${room}/any`]) {
      const refused = await sdpRequest(server, path, { method: 'PUT', body: 'v=0' });
      expectRefusal(refused, 405, 'method-not-allowed');
      expect(refused.headers.get('allow')).toMatch(/OPTIONS/);
    }
    for (const path of [`/whep/${room}/`, `/WHEP/${room}`]) {
      expect([400, 404, 405], path).toContain((await play(server, path)).status);
    }
  });

  it('a token is taken and not needed', async () => {
    await goLive();
    const headers = { authorization: 'Bearer of-a-viewer' };
    sessionOf(await play(server, `/whep/${room}`, { headers }));
  });
});

describe('a plain offer', () => {
  it('plays the room that is named, or that of the setting: 200 with the answer', async () => {
    await goLive();
    const body = offerFixture('chromium-156-play-video-only').sdp;
    const headers = { origin: 'null' };
    const answer = await play(server, `/offer?room=${room}`, { body, headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, SDP]);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await viewersOf(room)).toMatchObject([{ by: 'offer', playing: true }]);
    await publish(server, '/whip/plain');
    expect((await play(server, '/offer', { body })).status).toBe(200);
    expect(await viewersOf('plain')).toHaveLength(1);
  });

  it('that cannot be answered gets what is wrong as "error"', async () => {
    await goLive();
    const { sdp } = offerFixture('chromium-156-play');
    const expectError = (answer: SdpAnswer, status: number) => {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        expect.stringMatching(/^application\/json/),
      ]);
      expect(JSON.parse(answer.text)).toEqual({ error: expect.stringMatching(/\w+ \w+/) });
    };
    const path = `/offer?room=${room}`;
    expectError(await play(server, path, { body: '' }), 400);
    expectError(await play(server, path, { body: 'hello' }), 400);
    expectError(await play(server, '/offer?room=No%20Room'), 400);
    expectError(await play(server, '/offer?room=none'), 404);
    expectError(await play(server, path, { body: sdp.replaceAll('a=recvonly', 'a=sendonly') }), 406);
    expectError(await play(server, path, { body: 'v=0\r\n'.padEnd(70_000, 'a=x\r\n') }), 413);
    expectError(await play(server, path, { type: 'text/plain' }), 415);
    expectError(await play(server, path, { body: sdp.replaceAll('actpass', 'holdconn') }), 422);
    const get = await sdpRequest(server, path, { method: 'GET' });
    expectError(get, 405);
    expect(get.headers.get('allow')).toBe('POST, OPTIONS');
    await server.api('POST', '/rooms', { name: 'silent' });
    const silent = await play(server, '/offer?room=silent');
    expectError(silent, 409);
    expect(retryAfter(silent)).toBe(2);
  });
});

describe('a full server', () => {
  const limits = { maxViewersPerRoom: 1, maxViewers: 2 };
  const full = useServer({ config: { ...patternOnly, limits } });

  it('refuses: 503, to be asked again; and tells its clients to come back when it stops', async () => {
    for (const name of ['a', 'b', 'c']) sessionOf(await publish(full, `/whip/${name}`));
    const session = sessionOf(await play(full, '/whep/a'));
    const refused = await play(full, '/whep/a');
    expectRefusal(refused, 503, 'unavailable', /room a is full/);
    expect(retryAfter(refused)).toBeGreaterThan(0);
    sessionOf(await play(full, '/whep/b'));
    expectRefusal(await play(full, '/whep/c'), 503, 'unavailable', /server is full/);

    const made = await sdpRequest(full, `${session}/sse`);
    const events = await EventReader.open(new URL(made.headers.get('location') ?? '', full.url));
    await full.stop();
    await waitFor('the events to end', () => events.ended);
    expect(events.dataOf('reconnect')).toEqual([{}]);
  });

  it('refuses without a media worker: 503; and tells the viewers of the one that died to come back', async () => {
    await full.start();
    sessionOf(await publish(full, '/whip/a'));
    const session = sessionOf(await play(full, '/whep/a'));
    const made = await sdpRequest(full, `${session}/sse`);
    const events = await EventReader.open(new URL(made.headers.get('location') ?? '', full.url));
    const worker = full.processes.find(({ name }) => name.startsWith('mediasoup'));
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    const refused = await waitFor('a refusal', async () => {
      const answer = await publish(full, '/whip/a');
      return answer.status === 201 ? undefined : answer;
    });
    expectRefusal(refused, 503, 'unavailable');
    expect(retryAfter(refused)).toBeGreaterThan(0);
    const again = await waitFor('the worker', async () => {
      const answer = await publish(full, '/whip/a');
      return answer.status === 201 ? answer : undefined;
    });
    expect(again.status).toBe(201);
    await waitFor('the events to end', () => events.ended);
    expect(events.dataOf('reconnect')).toEqual([{}]);
    const info = await full.api<RoomInfo>('GET', '/rooms/a');
    expect(info.body.broadcast?.broadcaster).toBe('whip');
  });
});
