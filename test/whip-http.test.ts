import type { RoomInfo } from '@spillway/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { offerFixture, offerFixtures } from '../packages/sdp/src/fixtures/index.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import {
  expectRefusal,
  fragment,
  ICE_FRAGMENT,
  publish,
  retryAfter,
  SDP,
  sdpRequest,
  sessionOf,
} from './support/sdp-request.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';

const rooms = [{ name: 'camera', publishKey: 'camera-key' }];
const iceServers = [
  { urls: ['stun:stun.example.net'] },
  { urls: ['turn:turn.example.net?transport=udp'], username: 'me', credential: 'a "secret"' },
];
const sessions = { perSecond: 1000, perAddressPerSecond: 1000 };
const server = useServer({ config: { ...patternOnly, rooms, iceServers, sessions } });

/** Each test has a room of its own. */
let room = '';
let count = 0;
beforeEach(() => {
  count += 1;
  room = `whip-${count}`;
});
const infoOf = async (name: string) => (await server.api<RoomInfo>('GET', `/rooms/${name}`)).body;

describe('an offer', () => {
  it('is answered 201 with the session, its entity tag, ICE servers and the answer', async () => {
    const { status, headers, text } = await publish(server, `/whip/${room}`);
    expect(status).toBe(201);
    expect(headers.get('content-type')).toBe(SDP);
    expect(headers.get('location')).toMatch(new RegExp(`^/whip/${room}/[\\w-]{24}$`));
    expect(headers.get('etag')).toMatch(/^"[\w-]+"$/);
    expect(headers.get('link')).toBe(
      '<stun:stun.example.net>; rel="ice-server", <turn:turn.example.net?transport=udp>; rel="ice-server"; username="me"; credential="a \\"secret\\""; credential-type="password"',
    );
    expect(text).toMatch(/^v=0\r\n/);
    expect(text).toMatch(/^a=recvonly\r$/m);
    expect(text).toMatch(/^a=candidate:/m);
    expect((await infoOf(room)).broadcast).toMatchObject({ broadcaster: 'whip', videoCodec: 'VP8' });
  });

  it.each(offerFixtures.filter(({ role }) => role === 'publish').map(({ name }) => name))(
    'of %s is taken',
    async (name) => {
      const answer = await publish(server, `/whip/${room}`, { body: offerFixture(name).sdp });
      // What does not bundle cannot be taken: one transport is all there is.
      if (name.includes('unbundled')) expectRefusal(answer, 422, 'unprocessable');
      else expect((await sdpRequest(server, sessionOf(answer), { method: 'DELETE' })).status).toBe(200);
    },
  );

  it('has a type with parameters, or is refused: 415', async () => {
    const type = 'Application/SDP; charset=utf-8';
    expect((await publish(server, `/whip/${room}`, { type })).status).toBe(201);
    for (const other of ['text/plain', 'application/json', ICE_FRAGMENT, null]) {
      expectRefusal(await publish(server, `/whip/${room}`, { type: other }), 415, 'unsupported-media-type');
    }
  });

  it('needs a credential that may publish there: 401', async () => {
    for (const authorization of ['', 'Bearer wrong', 'Basic camera-key', 'Bearer camera-key']) {
      const refused = await publish(server, `/whip/${room}`, { headers: { authorization } });
      expectRefusal(refused, 401, 'unauthorized');
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect((await server.api('GET', `/rooms/${room}`)).status).toBe(404);
    const headers = { authorization: 'Bearer camera-key' };
    expect((await publish(server, '/whip/camera', { headers })).status).toBe(201);
  });

  it('that is empty or no SDP is refused: 400; too large: 413', async () => {
    expectRefusal(await publish(server, `/whip/${room}`, { body: '' }), 400, 'bad-request');
    expectRefusal(await publish(server, `/whip/${room}`, { body: 'hello' }), 400, 'bad-request', /SDP/);
    expectRefusal(await publish(server, '/whip/No%20Room'), 400, 'bad-request');
    const body = 'v=0\r\n'.padEnd(70_000, 'a=x\r\n');
    expectRefusal(await publish(server, `/whip/${room}`, { body }), 413, 'too-large');
    expect((await server.api('GET', `/rooms/${room}`)).status).toBe(404);
  });

  it('that cannot be taken whole is refused, and one of a wrong DTLS role: 422', async () => {
    const { sdp } = offerFixture('chromium-156-publish');
    const recvonly = sdp.replaceAll('a=sendonly', 'a=recvonly');
    expectRefusal(await publish(server, `/whip/${room}`, { body: recvonly }), 422, 'unprocessable', /line/);
    const holdconn = sdp.replaceAll('a=setup:actpass', 'a=setup:holdconn');
    expectRefusal(await publish(server, `/whip/${room}`, { body: holdconn }), 422, 'unprocessable', /setup/);
    const twoVideos = sdp + sdp.slice(sdp.indexOf('m=video')).replace('a=mid:1', 'a=mid:2');
    const body = twoVideos.replace('BUNDLE 0 1', 'BUNDLE 0 1 2');
    expectRefusal(await publish(server, `/whip/${room}`, { body }), 422, 'unprocessable', /video/);
    expect((await server.api('GET', `/rooms/${room}`)).status).toBe(404);
  });

  it('is never redirected', async () => {
    for (const path of [`/whip/${room}/`, `/WHIP/${room}`]) {
      expect([400, 404, 405], path).toContain((await publish(server, path)).status);
    }
  });
});

describe('the broadcast', () => {
  it('is taken back by the next WHIP client, and stays the same', async () => {
    const first = sessionOf(await publish(server, `/whip/${room}`));
    const { broadcast } = await infoOf(room);
    const second = sessionOf(await publish(server, `/whip/${room}`));
    expect((await infoOf(room)).broadcast?.since).toBe(broadcast?.since);
    expectRefusal(await sdpRequest(server, first, { method: 'DELETE' }), 404, 'not-found');
    expect((await sdpRequest(server, second, { method: 'DELETE' })).status).toBe(200);
    expect(await infoOf(room)).toMatchObject({ state: 'offline' });
  });

  it("of another is ended only on demand: 409 'room-busy'", async () => {
    await server.api('POST', '/rooms', { name: room, source: patternRoom.source });
    await waitFor('the source', async () => (await infoOf(room)).state === 'live');
    expectRefusal(await publish(server, `/whip/${room}`), 409, 'room-busy');
    expect((await publish(server, `/whip/${room}?takeover=true`)).status).toBe(201);
    expect((await infoOf(room)).broadcast?.broadcaster).toBe('whip');
  });

  it('ends when the operator says so', async () => {
    const session = sessionOf(await publish(server, `/whip/${room}`));
    expect((await server.api('DELETE', `/rooms/${room}/broadcast`, undefined, null)).status).toBe(401);
    expect((await server.api('DELETE', `/rooms/${room}/broadcast`)).status).toBe(204);
    expect((await server.api('DELETE', `/rooms/${room}/broadcast`)).status).toBe(404);
    expectRefusal(await sdpRequest(server, session, { method: 'GET' }), 404, 'not-found');
  });

  it('of a source ends and does not come back by itself', async () => {
    await server.api('POST', '/rooms', { name: room, source: patternRoom.source });
    await waitFor('the source', async () => (await infoOf(room)).state === 'live');
    expect((await server.api('DELETE', `/rooms/${room}/broadcast`)).status).toBe(204);
    expect(await infoOf(room)).toMatchObject({ state: 'offline', source: { stopped: true } });
  });

  it('without media ends by itself, and its session with it', async () => {
    const session = sessionOf(await publish(server, `/whip/${room}`));
    await waitFor(
      'the session to end',
      async () => (await sdpRequest(server, session, { method: 'GET' })).status === 404,
      50_000,
    );
    expect(await infoOf(room)).toMatchObject({ state: 'offline' });
  });
});

describe('a session', () => {
  const before = offerFixture('chromium-156-publish').sdp.replaceAll(
    /^a=ice-ufrag:.*$/gm,
    'a=ice-ufrag:JT1D',
  );
  const open = () => publish(server, `/whip/${room}`, { body: before });
  const patch = (session: string, ifMatch: string | undefined, body: string, type = ICE_FRAGMENT) =>
    sdpRequest(server, session, {
      ...{ method: 'PATCH', type, body },
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    });

  it('takes candidates with its entity tag: 204 without one', async () => {
    const opened = await open();
    const session = sessionOf(opened);
    const etag = opened.headers.get('etag') ?? '';
    for (const ifMatch of [etag, '*']) {
      const { status, headers, text } = await patch(session, ifMatch, fragment('chromium-156-trickle'));
      expect([status, headers.get('etag'), text]).toEqual([204, null, '']);
    }
    expectRefusal(
      await patch(session, undefined, fragment('chromium-156-trickle')),
      428,
      'precondition-required',
    );
    expectRefusal(
      await patch(session, '"old"', fragment('chromium-156-trickle')),
      412,
      'precondition-failed',
    );
    expectRefusal(await patch(session, etag, 'a=candidate:nonsense\r\n'), 400, 'bad-request');
    expectRefusal(await patch(session, etag, ''), 400, 'bad-request');
    expectRefusal(
      await patch(session, etag, fragment('chromium-156-trickle'), SDP),
      415,
      'unsupported-media-type',
    );
  });

  it('passes over candidates that it cannot use: 204', async () => {
    const opened = await open();
    const use = (candidate: string) =>
      patch(
        sessionOf(opened),
        opened.headers.get('etag') ?? '',
        fragment('chromium-156-trickle').replaceAll(/^a=candidate:.*$/gm, `a=candidate:${candidate}`),
      );
    for (const candidate of [
      '1 1 sctp 2122194687 192.0.2.10 37815 typ host',
      '1 1 udp 2122194687 5f0e7a1c-1d2f-4f6e-9d3b-6a1b2c3d4e5f.local 37815 typ host',
      '1 1 udp 2122194687 no-such-host.invalid 37815 typ host',
    ]) {
      expect(await use(candidate), candidate).toMatchObject({ status: 204, text: '' });
    }
  });

  it('outlives what it refuses, and keeps its ICE session', async () => {
    const opened = await open();
    const session = sessionOf(opened);
    const etag = opened.headers.get('etag') ?? '';
    const restart = fragment('chromium-156-restart');
    expectRefusal(await patch(session, undefined, restart), 428, 'precondition-required');
    expectRefusal(await patch(session, '"old"', restart), 412, 'precondition-failed');
    expectRefusal(
      await patch(session, '*', restart.replace(/^a=ice-pwd:.*$/m, 'a=ice-pwd:x')),
      400,
      'bad-request',
    );
    expect((await patch(session, etag, fragment('chromium-156-trickle'))).status).toBe(204);
  });

  it('restarts ICE with other credentials: 200, with new ones of the server and another entity tag', async () => {
    const opened = await open();
    const session = sessionOf(opened);
    const etag = opened.headers.get('etag') ?? '';
    const restarted = await patch(session, '*', fragment('chromium-156-restart'));
    expect(restarted.status).toBe(200);
    expect(restarted.headers.get('content-type')).toBe(ICE_FRAGMENT);
    expect(restarted.text).toMatch(/^a=candidate:/m);
    const ufrag = (text: string) => /^a=ice-ufrag:(.*)\r$/m.exec(text)?.[1];
    expect(ufrag(restarted.text)).toBeTruthy();
    expect(ufrag(restarted.text)).not.toBe(ufrag(opened.text));
    const options = (text: string) => [...new Set(text.match(/^a=ice-(lite|options|pacing).*\r$/gm))].sort();
    expect(options(restarted.text)).toEqual(options(opened.text));
    const next = restarted.headers.get('etag') ?? '';
    expect(next).toMatch(/^"[\w-]+"$/);
    expect(next).not.toBe(etag);
    // The former ICE session is over.
    expectRefusal(await patch(session, etag, fragment('chromium-156-restart')), 412, 'precondition-failed');
    expect((await patch(session, next, fragment('chromium-156-restart'))).status).toBe(204);
  });

  it('is there until it is deleted, whatever If-Match and Content-Type say', async () => {
    const session = sessionOf(await open());
    for (const method of ['GET', 'HEAD']) {
      expect((await sdpRequest(server, session, { method })).status).toBe(204);
    }
    const headers = { 'if-match': '"any"', 'content-type': 'application/sdp' };
    expect(await sdpRequest(server, session, { method: 'DELETE', headers })).toMatchObject({
      ...{ status: 200, text: '' },
    });
    for (const method of ['GET', 'DELETE']) {
      expectRefusal(await sdpRequest(server, session, { method }), 404, 'not-found');
    }
    expectRefusal(await patch(session, '*', fragment('chromium-156-restart')), 404, 'not-found');
  });

  it('is found in its own room and by its own protocol only', async () => {
    const session = sessionOf(await open());
    const id = session.split('/').at(-1);
    for (const path of [`/whip/camera/${id}`, `/whep/${room}/${id}`]) {
      expectRefusal(await sdpRequest(server, path, { method: 'DELETE' }), 404, 'not-found');
    }
  });

  it('has no other methods: 405', async () => {
    const session = sessionOf(await open());
    for (const method of ['POST', 'PUT']) {
      const refused = await sdpRequest(server, session, { method, body: 'v=0' });
      expectRefusal(refused, 405, 'method-not-allowed');
      expect(refused.headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE, OPTIONS');
    }
    const refused = await sdpRequest(server, `/whip/${room}`, { method: 'DELETE' });
    expectRefusal(refused, 405, 'method-not-allowed');
    expect(refused.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
  });
});

describe('other requests', () => {
  it('GET and HEAD get nothing: 204', async () => {
    for (const method of ['GET', 'HEAD']) {
      expect(await sdpRequest(server, `/whip/${room}`, { method })).toMatchObject({ status: 204, text: '' });
    }
  });

  it('OPTIONS says what may be sent', async () => {
    const endpoint = await sdpRequest(server, `/whip/${room}`, { method: 'OPTIONS' });
    expect([endpoint.status, endpoint.headers.get('accept-post')]).toEqual([200, SDP]);
    const session = await sdpRequest(server, `/whip/${room}/any`, { method: 'OPTIONS' });
    expect([session.status, session.headers.get('accept-patch')]).toEqual([200, ICE_FRAGMENT]);
  });

  it('a page of another origin may do all of it', async () => {
    const headers = {
      origin: 'https://page.example',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match',
    };
    const preflight = await sdpRequest(server, `/whip/${room}/any`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toBe(
      'GET, HEAD, POST, PATCH, DELETE, OPTIONS',
    );
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type, If-Match',
    );
    const opened = await publish(server, `/whip/${room}`, { headers: { origin: 'https://page.example' } });
    expect(opened.headers.get('access-control-allow-origin')).toBe('*');
    expect(opened.headers.get('access-control-expose-headers')).toMatch(/^Location, ETag, Link, Retry-After/);
  });
});

describe('too many offers', () => {
  const config = {
    ...patternOnly,
    http: { trustProxy: true, corsOrigins: ['https://page.example'] },
    sessions: { perSecond: 2, perAddressPerSecond: 1 },
  };
  const busy = useServer({ config });
  const offerFrom = (address: string, origin = 'https://page.example') =>
    publish(busy, '/whip/room', { body: 'v=0', headers: { 'x-forwarded-for': address, origin } });

  it('are refused: of one address 429, of all together 503; and only allowed origins may read it', async () => {
    const statuses = async (address: string, times: number) => {
      const answers = await Promise.all(Array.from({ length: times }, () => offerFrom(address)));
      return answers.map(({ status }) => status).sort();
    };
    expect(await statuses('192.0.2.1', 4)).toEqual([400, 400, 429, 429]);
    const other = await offerFrom('192.0.2.1');
    expectRefusal(other, 429, 'too-many');
    expect(retryAfter(other)).toBe(1);
    expect(other.headers.get('access-control-allow-origin')).toBe('https://page.example');
    let refused = other;
    for (let host = 1; host < 50 && refused.status !== 503; host += 1) {
      refused = await offerFrom(`198.51.100.${host}`, 'https://elsewhere.example');
    }
    expectRefusal(refused, 503, 'unavailable');
    expect(retryAfter(refused)).toBe(1);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const metrics = await (await fetch(`${busy.url}/metrics`)).text();
    expect(metrics).toMatch(/^spillway_sdp_requests_total\{protocol="whip",status="429"\} [3-9]/m);
  });
});
