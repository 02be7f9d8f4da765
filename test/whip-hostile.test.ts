import type { RoomInfo, WorkerInfo } from '@spillway/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { offerFixture } from '../packages/sdp/src/fixtures/index.ts';
import {
  floods,
  type HostileSdp,
  honest,
  hostileFragments,
  hostileOffers,
  MOST,
  mutated,
  type Role,
  realFragments,
  realOffers,
} from './support/hostile-sdp.ts';
import { MemoryWatch } from './support/memory-watch.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { RawHttp } from './support/raw-http.ts';
import {
  ICE_FRAGMENT,
  play,
  publish,
  SDP,
  type SdpAnswer,
  sdpRequest,
  sessionOf,
} from './support/sdp-request.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { Bystander, viewerCount } from './support/watched-room.ts';

const WATCHED = patternRoom.name;
const PUBLISHED = 'published';

/** What the server may hold at most. With nothing to do it holds about 160. Megabytes. */
const MEMORY = 450;

const server = useServer({
  config: {
    ...patternOnly,
    rooms: [patternRoom, { name: PUBLISHED }],
    broadcast: { graceSeconds: 1 },
    sessions: { perSecond: 100_000, perAddressPerSecond: 100_000, connectSeconds: 5 },
  },
});

const OFFER_HEAD = `POST /whep/${WATCHED} HTTP/1.1\r\nHost: x\r\nContent-Type: ${SDP}\r\n`;

let bystander: Bystander;
/** Requests that are never finished. */
const unfinished: RawHttp[] = [];
let worker: Awaited<ReturnType<typeof workerNow>>;

/** What changes only when something is wrong or left: all but the load. */
const workerNow = async () => {
  const [worker] = (await server.api<{ workers: WorkerInfo[] }>('GET', '/workers')).body.workers;
  return { ...worker, load: undefined };
};
const publishedState = async () => (await server.api<RoomInfo>('GET', `/rooms/${PUBLISHED}`)).body.state;

beforeAll(async () => {
  bystander = await Bystander.join(server, WATCHED);
  worker = await workerNow();
  for (const rest of ['Content-Length: 3\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n3\r\nv=0\r\n', 'X: ']) {
    const http = await RawHttp.open(server);
    unfinished.push(http);
    await http.send(`${OFFER_HEAD}${rest}`);
  }
});
afterAll(() => {
  for (const http of unfinished) http.destroy();
  bystander?.close();
});

/** Where offers go, and who sends them. */
const doors = {
  whip: { role: 'publish', path: `/whip/${PUBLISHED}`, taken: 201 },
  whep: { role: 'play', path: `/whep/${WATCHED}`, taken: 201 },
  offer: { role: 'play', path: `/offer?room=${WATCHED}`, taken: 200 },
} as const satisfies Record<string, { role: Role; path: string; taken: number }>;
type Door = keyof typeof doors;
const doorNames = ['whip', 'whep', 'offer'] as const;

/** What an offer may be answered with. */
const REFUSALS = [400, 406, 413, 415, 422];

function knock(
  door: Door,
  body: HostileSdp['sdp'],
  headers: Record<string, string> = {},
): Promise<SdpAnswer> {
  const request = { body, headers };
  return door === 'whip'
    ? publish(server, doors.whip.path, request)
    : play(server, doors[door].path, request);
}

const HEADERS = new Set(
  [
    'accept-patch access-control-allow-origin access-control-expose-headers allow cache-control connection',
    'content-length content-type date etag keep-alive link location retry-after vary www-authenticate',
  ].flatMap((names) => names.split(' ')),
);

/** Fails unless an answer is one of those that there are, with nothing in it that is not the server's own. */
function expectTame({ status, headers, text }: SdpAnswer, allowed: readonly number[], story: string): void {
  expect(allowed, `${story}: ${text}`).toContain(status);
  expect(
    [...headers.keys()].filter((name) => !HEADERS.has(name)),
    story,
  ).toEqual([]);
  if (/^application\/(sdp|trickle-ice-sdpfrag)\b/.test(headers.get('content-type') ?? '')) {
    const lines = text.split('\r\n');
    expect(lines.pop(), story).toBe('');
    for (const line of lines) expect(line, story).toMatch(/^[a-z]=[\x20-\x7e]*$/);
    expect(text, story).not.toMatch(/^a=x-evil/m);
    expect(text.length, story).toBeLessThan(MOST);
  } else if (text !== '') {
    const { detail, error = detail }: { detail?: string; error?: string } = JSON.parse(text);
    expect(error, story).toMatch(/^[\x20-\x7e…]{3,1000}$/);
  }
  const location = headers.get('location');
  if (location !== null) expect(location, story).toMatch(/^\/wh[ie]p\/[a-z]+\/[\w-]{24}$/);
}

async function leave({ headers }: SdpAnswer): Promise<void> {
  const location = headers.get('location');
  if (location) await sdpRequest(server, location, { method: 'DELETE' });
}

/** Sends descriptions to a door. Sessions that come of them are left alone, but for every other one. */
async function send(door: Door, descriptions: readonly HostileSdp[]): Promise<void> {
  for (const [index, { name, sdp }] of descriptions.entries()) {
    const answer = await knock(door, sdp);
    expectTame(answer, [doors[door].taken, ...REFUSALS], `${door}, ${name}`);
    if (index % 2 === 0) await leave(answer);
  }
}

/** Fails unless all is as it was before: who watches, who broadcasts, the worker, and the log. */
async function expectNothingLeft(): Promise<void> {
  await bystander.expectUndisturbed();
  await waitFor(
    'only the bystander to be left',
    async () => (await viewerCount(server, WATCHED)) === 1,
    30_000,
    () => viewerCount(server, WATCHED),
  );
  await waitFor(
    'the broadcast to end',
    async () => (await publishedState()) === 'offline',
    30_000,
    publishedState,
  );
  expect(await workerNow()).toEqual(worker);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^spillway_viewers 1$/m);
  expect(metrics).toMatch(/^spillway_rooms\{state="live"\} 1$/m);
  const lines = server.log.trim().split('\n');
  for (const line of lines.filter((each) => each.startsWith('{')))
    expect(() => JSON.parse(line)).not.toThrow();
  expect(server.log).not.toMatch(/"level":[56]0|x-evil/);
}

test.each(doorNames)('what is hostile by design is refused by /%s or harmless', async (door) => {
  const memory = MemoryWatch.start(server);
  const { role } = doors[door];
  expectTame(await knock(door, honest[role]), [doors[door].taken], 'the honest one');
  await send(door, hostileOffers(role));
  expect(memory.server).toBeLessThan(MEMORY);
});

test.each(doorNames)(
  'as many lines of an attribute as fit cost /%s little',
  { timeout: 120_000 },
  async (door) => {
    const memory = MemoryWatch.start(server);
    await send(door, floods(doors[door].role));
    expect(memory.server).toBeLessThan(MEMORY);
  },
);

test('what is nearly right is taken or refused', { timeout: 120_000 }, async () => {
  const memory = MemoryWatch.start(server);
  const knocks = fc
    .constantFrom(...doorNames)
    .chain((door) => mutated(realOffers[doors[door].role]).map((sdp) => ({ door, sdp })));
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(knocks, fc.boolean(), async ({ door, sdp }, leaves) => {
      const answer = await knock(door, sdp);
      expectTame(
        answer,
        [doors[door].taken, ...REFUSALS],
        `${door}: ${JSON.stringify(sdp).slice(0, 10_000)}`,
      );
      if (answer.status === doors[door].taken) taken += 1;
      if (leaves) await leave(answer);
    }),
    { numRuns: 1500, seed: 4, endOnFailure: true },
  );
  // Otherwise little was nearly right.
  expect(taken).toBeGreaterThan(70);
  expect(memory.server).toBeLessThan(MEMORY);
});

test('nothing is left of them, and nobody else has noticed', expectNothingLeft);

test('bodies of other types, codings and lengths are refused', async () => {
  const { sdp } = offerFixture('chromium-156-play');
  for (const type of [
    'text/plain',
    'application/json',
    'application/sdpx',
    'application/sdp, text/plain',
    'x',
    ICE_FRAGMENT,
  ]) {
    for (const door of doorNames) {
      const answer = await knock(door, sdp, { 'content-type': type });
      expectTame(answer, [415], `${door}: ${type}`);
    }
  }
  const request = (more: string, body = 'v=0', line = `POST /whep/${WATCHED} HTTP/1.1`) =>
    `${line}\r\nHost: x\r\nConnection: close\r\nContent-Type: ${SDP}\r\n${more}\r\n${body}`;
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const length = 'Content-Length: 3\r\n';
  const raw: readonly string[] = [
    request('Content-Length: -3\r\n'),
    request('Content-Length: 99999999999999999999\r\n'),
    request(`${length}${chunked}`),
    request(chunked, 'zz\r\nv=0\r\n0\r\n\r\n'),
    request(`Transfer-Encoding: gzip, chunked\r\n`, '3\r\nv=0\r\n0\r\n\r\n'),
    request(`Content-Encoding: gzip\r\n${length}`),
    request(`Expect: nonsense\r\n${length}`),
    request(`Upgrade: websocket\r\n${length}`),
    request(`Origin: \x01\r\n${length}`),
    request(`X: ${'x'.repeat(100_000)}\r\n${length}`),
    request(length, 'v=0', 'POST /offer?room=a%0d%0ax-evil:%201 HTTP/1.1'),
    request(length, 'v=0', 'POST /whep/a%0d%0ax-evil:%201 HTTP/1.1'),
    request(length, 'v=0', 'POST /whep/%zz HTTP/1.1'),
    request(length, 'v=0', 'POST /whep/%00 HTTP/1.1'),
    request(length, 'v=0', `POST /whep/${'x'.repeat(5000)} HTTP/1.1`),
    request(length, 'v=0', 'POST // HTTP/1.1'),
    request(length, 'v=0', 'PATCH //[/whep HTTP/1.1'),
    request(length, 'v=0', 'POST http://[/whep HTTP/1.1'),
    'nonsense\r\n\r\n',
  ];
  for (const text of raw) {
    const http = await RawHttp.open(server);
    await http.send(text);
    await waitFor(`an answer to ${text.slice(0, 200)}`, () => http.status ?? http.closed);
    if (http.status !== undefined) {
      expect(http.status, text.slice(0, 200)).toBeGreaterThanOrEqual(400);
      expect(http.status, text.slice(0, 200)).toBeLessThan(500);
    }
    expect(http.received).not.toMatch(/^x-evil/im);
    http.destroy();
  }
});

test('a body that never ends is refused before it fills the memory', async () => {
  const memory = MemoryWatch.start(server);
  const http = await RawHttp.open(server);
  await http.send(`${OFFER_HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = 'a=x\r\n'.repeat(2000);
  let sent = 0;
  while (!http.closed && sent < 2000) {
    await http.send(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    sent += 1;
  }
  expect(http.closed).toBe(true);
  expect(memory.server).toBeLessThan(MEMORY);
});

/** Sends bodies to sessions, a new one before their rate is bounded, and fails unless each answer is tame. */
async function toSessions(
  open: () => Promise<SdpAnswer>,
  bodies: readonly { readonly name: string; send(session: string): Promise<SdpAnswer> }[],
  allowed: readonly number[],
): Promise<void> {
  let opened: SdpAnswer | undefined;
  for (const [index, { name, send: sendBody }] of bodies.entries()) {
    if (index % 15 === 0) {
      if (opened) await leave(opened);
      opened = await open();
    }
    const session = sessionOf(opened ?? (await open()));
    expectTame(await sendBody(session), allowed, name);
    expect((await sdpRequest(server, session, { method: 'GET' })).status, name).toBe(204);
  }
  if (opened) await leave(opened);
}

describe('a session', () => {
  const patch = (session: string, body: HostileSdp['sdp'], ifMatch = '*', type = ICE_FRAGMENT) =>
    sdpRequest(server, session, { method: 'PATCH', type, body, headers: { 'if-match': ifMatch } });
  const openPublisher = () => publish(server, doors.whip.path);
  const openPlayer = () => play(server, doors.whep.path);

  test.each([
    ['WHIP', openPublisher],
    ['WHEP', openPlayer],
  ])('of %s takes fragments that are right only, and lives on', async (_name, open) => {
    const bodies = hostileFragments.map(({ name, sdp }) => ({
      name,
      send: (session: string) => patch(session, sdp),
    }));
    await toSessions(open, bodies, [200, 204, 400, 413]);
    const tags = ['"', '*,'.repeat(4000), '"\u00e9"', 'W/"*"', '"*" x', ',,,'].map((tag) => ({
      name: `If-Match: ${tag.slice(0, 20)}`,
      send: (session: string) => patch(session, realFragments[0] ?? '', tag),
    }));
    await toSessions(open, tags, [200, 204, 412]);
  });

  test('takes fragments that are nearly right, or refuses them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(openPublisher, openPlayer),
        fc.array(mutated(realFragments), { minLength: 1, maxLength: 10 }),
        async (open, fragments) => {
          const bodies = fragments.map((text) => ({
            name: JSON.stringify(text).slice(0, 5000),
            send: (session: string) => patch(session, text),
          }));
          await toSessions(open, bodies, [200, 204, 400, 413]);
        },
      ),
      { numRuns: 40, seed: 4, endOnFailure: true },
    );
  });

  test('takes layers and events that are right only', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const texts = [
      ...['', 'null', '[]', '{', '"x"', '1e999', deep, `{"a":${deep}}`, '{"__proto__":{"rid":"q"}}'],
      ...[
        '{"constructor":{"prototype":{}}}',
        '{"rid":"\\ud800"}',
        '{"rid":"x\\r\\nx-evil: 1"}',
        '{"rid":[]}',
      ],
      ...[
        '{"spatialLayerId":-1}',
        '{"spatialLayerId":1e308}',
        '{"maxWidth":0.5}',
        '{"mediaId":"-1"}',
        '\ufeff{}',
      ],
      ...[
        '["active\\u0000","\\ud800"]',
        `[${'"active",'.repeat(5000)}"active"]`,
        '[null]',
        '[["active"]]',
        '\0',
      ],
      `{"rid":"${'x'.repeat(60_000)}"}`,
      `{${[...Array(5000).keys()].map((index) => `"k${index}":0`).join()}}`,
    ];
    for (const place of ['layer', 'sse']) {
      const bodies = texts.map((body) => ({
        name: `${place}: ${body.slice(0, 100)}`,
        send: async (session: string) => {
          const answer = await sdpRequest(server, `${session}/${place}`, { type: 'application/json', body });
          const stream = answer.headers.get('location');
          if (!stream) return answer;
          expect((await sdpRequest(server, stream, { method: 'DELETE' })).status).toBe(200);
          return { ...answer, headers: new Headers() };
        },
      }));
      await toSessions(openPlayer, bodies, [200, 201, 400, 413, 422]);
    }
  });
});

describe('payload types', () => {
  const fingerprint = Array(32).fill('A1').join(':');
  const offerOf = (h264: number, vp8: number) =>
    [
      ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0'],
      ...[`m=video 9 UDP/TLS/RTP/SAVPF ${vp8} ${h264}`, 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=recvonly'],
      ...['a=ice-ufrag:abcd', `a=ice-pwd:${'p'.repeat(22)}`, `a=fingerprint:sha-256 ${fingerprint}`],
      ...['a=setup:actpass', 'a=rtcp-mux', `a=rtpmap:${vp8} VP8/90000`, `a=rtpmap:${h264} H264/90000`],
      ...[`a=fmtp:${h264} packetization-mode=1;profile-level-id=42e01f`, ''],
    ].join('\r\n');

  test('of any number are taken', async () => {
    const numbers = [35, 63, 96, 99, 100, 101, 102, 111, 127];
    for (const h264 of numbers) {
      for (const vp8 of numbers.filter((number) => number !== h264)) {
        const answer = await play(server, doors.whep.path, { body: offerOf(h264, vp8) });
        expect([answer.status, `${h264}, ${vp8}`]).toEqual([201, `${h264}, ${vp8}`]);
        await leave(answer);
      }
    }
  });

  test('in forty layouts at once of one client are bounded; it gets offers of the server', async () => {
    const memory = MemoryWatch.start(server);
    const opened: SdpAnswer[] = [];
    onTestFinished(async () => {
      for (const answer of opened) await leave(answer);
    });
    const ask = async (h264: number, vp8: number) => {
      const answer = await play(server, doors.whep.path, { body: offerOf(h264, vp8) });
      opened.push(answer);
      return answer;
    };
    for (let index = 0; index < 40; index += 1) await ask(103 + (index % 20), 36 + (index % 26));
    const statuses = opened.map(({ status }) => status);
    expect(statuses).toEqual([...Array(8).fill(201), ...Array(32).fill(406)]);
    for (const { headers, text } of opened.filter(({ status }) => status === 406)) {
      expect(headers.get('content-type')).toMatch(SDP);
      expect(text).toMatch(/^a=setup:actpass\r$/m);
      const answered = await sdpRequest(server, headers.get('location') ?? '', {
        method: 'PATCH',
        body: honest.play,
      });
      expect(answered.status).toBe(422);
    }
    const plain = await play(server, doors.offer.path, { body: offerOf(96, 97) });
    expect([plain.status, plain.text]).toEqual([406, expect.stringMatching(/payload types/)]);
    expect(await workerNow()).toMatchObject({ viewers: 41 });
    for (const answer of opened.splice(0)) await leave(answer);
    // What nobody uses any more makes room.
    for (let index = 0; index < 8; index += 1) {
      expect((await ask(110 + (index % 10), 40 + index)).status).toBe(201);
    }
    expect(memory.server).toBeLessThan(MEMORY);
  });
});

test('a request that never comes to its end is given up', async () => {
  for (const http of unfinished) {
    await waitFor('the server to give up', () => http.closed, 45_000);
    expect(http.status).toBe(408);
  }
});

test('nothing is left of it all', expectNothingLeft);
