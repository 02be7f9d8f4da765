import { fetchCapabilities } from '@spillway/loadgen';
import { compileCheck, errorStatus, type RequestMethod, requests, type WorkerInfo } from '@spillway/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyMutation, type Json, mutate } from './support/mutate.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { RawSignaling } from './support/raw-signaling.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { Bystander, viewerCount } from './support/watched-room.ts';

const PUBLISHED = 'published';

const server = useServer({
  config: {
    ...patternOnly,
    rooms: [patternRoom, { name: PUBLISHED }],
    broadcast: { graceSeconds: 1 },
    signaling: { maxMessagesPerSecond: 10_000 },
  },
});

let bystander: Bystander;
let capabilities: Json;
let workerPid: number | undefined;

async function currentWorkerPid(): Promise<number | undefined> {
  const { body } = await server.api<{ workers: WorkerInfo[] }>('GET', '/workers');
  return body.workers[0]?.pid;
}

beforeAll(async () => {
  bystander = await Bystander.join(server, patternRoom.name);
  capabilities = JSON.parse(JSON.stringify(await fetchCapabilities(server.url)));
  workerPid = await currentWorkerPid();
});
afterAll(() => bystander?.close());

const dtlsParameters: Json = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('A1').join(':') }],
};

/** A valid request of each kind; `ids` are of the connection's own consumers. */
function validRequests(ids: string[]): Record<RequestMethod, Json> {
  return {
    watch: { rtpCapabilities: capabilities },
    play: { dtlsParameters, consumerIds: ids },
    pause: {},
    setLayer: { spatialLayer: 1 },
    broadcast: { credential: server.token, takeover: true },
    connect: { dtlsParameters },
    produce: {
      kind: 'video',
      rtpParameters: {
        mid: '0',
        codecs: [
          {
            mimeType: 'video/VP8',
            payloadType: 96,
            clockRate: 90_000,
            parameters: {},
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          },
          { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
        ],
        headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 }],
        encodings: [
          { ssrc: 1111, rtx: { ssrc: 1112 }, maxBitrate: 100_000, scalabilityMode: 'L1T2' },
          { ssrc: 2222, rtx: { ssrc: 2223 }, maxBitrate: 500_000, scalabilityMode: 'L1T2' },
        ],
        rtcp: { cname: 'fuzz', reducedSize: true },
      },
      layers: [
        { width: 320, height: 180 },
        { width: 640, height: 360, maxBitrate: 500_000 },
      ],
    },
    unproduce: { kind: 'video' },
    end: {},
    status: {},
    restartIce: {},
  };
}

const methods: RequestMethod[] = [
  'watch',
  'play',
  'pause',
  'setLayer',
  'broadcast',
  'connect',
  'produce',
  'unproduce',
  'end',
  'status',
  'restartIce',
];

const checkWatchAnswer = compileCheck(requests.watch.answer);

/** Opens a connection in a role, by a valid request, and gives the valid requests that it can go on with. */
async function enter(role: 'stranger' | 'viewer' | 'broadcaster') {
  const room = role === 'viewer' ? patternRoom.name : PUBLISHED;
  const connection = await RawSignaling.open(server.signalingUrl(room));
  const method = role === 'viewer' ? 'watch' : 'broadcast';
  if (role === 'stranger') return { connection, valid: validRequests([]) };
  const answer = await connection.request(method, validRequests([])[method]);
  expect(answer, `the valid ${method}`).toMatchObject({ ok: true });
  const watched = checkWatchAnswer(answer.data);
  const consumers = watched.ok ? watched.value.playback.consumers : [];
  return { connection, valid: validRequests(consumers.map(({ id }) => id)) };
}

/** WebSocket close code of a frame above the limit. */
const MESSAGE_TOO_BIG = 1009;

const statuses: readonly number[] = Object.values(errorStatus).filter((status) => status !== 500);

test('the samples are valid', async () => {
  for (const role of ['viewer', 'broadcaster'] as const) {
    const { connection, valid } = await enter(role);
    const own: readonly RequestMethod[] =
      role === 'viewer'
        ? ['watch', 'setLayer', 'pause', 'restartIce']
        : ['connect', 'produce', 'status', 'restartIce', 'unproduce', 'end'];
    for (const method of own) {
      expect(await connection.request(method, valid[method]), method).toMatchObject({ ok: true });
    }
    connection.close();
  }
});

test('whatever is nearly a request gets an answer or a reasoned end', { timeout: 120_000 }, async () => {
  const anyRequest = fc.record({
    method: fc.constantFrom(...methods),
    mutations: fc.array(anyMutation, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('stranger' as const, 'viewer' as const, 'broadcaster' as const),
      fc.array(anyRequest, { minLength: 1, maxLength: 8 }),
      async (role, sequence) => {
        const { connection, valid } = await enter(role);
        try {
          for (const { method, mutations } of sequence) {
            const data = mutate(valid[method], mutations);
            const outcome = await connection.outcome(connection.post(method, data));
            const story = JSON.stringify({ outcome, method, data }).slice(0, 10_000);
            if (!('ok' in outcome)) {
              if (outcome.code !== MESSAGE_TOO_BIG) expect(outcome.closing, story).toBeDefined();
              return;
            }
            if (outcome.ok) continue;
            expect(statuses, story).toContain(outcome.errorCode);
            expect(outcome.errorReason).toMatch(/^[a-z-]+: ./);
          }
        } finally {
          connection.close();
        }
      },
    ),
    { numRuns: 1000, endOnFailure: true },
  );
});

test('nothing is left of it, and nobody else has noticed', async () => {
  await bystander.expectUndisturbed();
  await waitFor(
    'only the bystander to be left',
    async () => (await viewerCount(server, patternRoom.name)) === 1,
  );
  await waitFor('the fuzzed broadcast to end', async () => {
    const { body } = await server.api<{ state: string }>('GET', `/rooms/${PUBLISHED}`);
    return body.state === 'offline';
  });
  expect((await server.api<{ rooms: unknown[] }>('GET', '/rooms')).body.rooms).toHaveLength(2);
  expect(server.running).toBe(true);
  expect(await currentWorkerPid()).toBe(workerPid);
  expect(server.log).not.toMatch(/"level":[56]0/);
});
