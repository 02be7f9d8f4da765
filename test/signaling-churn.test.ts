import { fetchCapabilities } from '@spillway/loadgen';
import { compileCheck, notifications, type Playback, requests, type WorkerInfo } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { RawSignaling } from './support/raw-signaling.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { viewerCount } from './support/watched-room.ts';

const ROOM = 'churned';
const VIEWERS = 20;
const BROADCASTS = 6;
const CHANGES = 25;
/** After that change, in some broadcasts, the worker is killed. */
const FATAL_CHANGE = 12;

const server = useServer({
  config: {
    demo: { enabled: false },
    rooms: [{ name: ROOM }],
    broadcast: { graceSeconds: 1 },
    signaling: { maxMessagesPerSecond: 10_000 },
  },
});

const checkPlayback = compileCheck(notifications.playback);
const checkWatchAnswer = compileCheck(requests.watch.answer);

const dtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('A1').join(':') }],
};

/** Numbers that look random, the same in each run. */
let state = 1;
function chance(of: number): boolean {
  state = (state * 48_271) % 0x7fff_ffff;
  return state % of === 0;
}

/** What all connections together were refused, and how much they played. */
const refusals = new Map<string, number>();
let plays = 0;

/** Plays whatever there is, and at once does what may disturb that; connects again when it has left. */
class RestlessViewer {
  readonly #watch: object;
  #connection: RawSignaling | undefined;
  #stopped = false;

  constructor(rtpCapabilities: object) {
    this.#watch = { rtpCapabilities };
  }

  async connect(): Promise<void> {
    const connection = await RawSignaling.open(server.signalingUrl(ROOM));
    if (this.#stopped) {
      connection.close();
      return;
    }
    this.#connection = connection;
    connection.on('response', ({ errorReason, data }) => {
      if (errorReason) refusals.set(errorReason, (refusals.get(errorReason) ?? 0) + 1);
      const answer = checkWatchAnswer(data);
      if (answer.ok) this.#play(connection, answer.value.playback);
    });
    connection.on('notification', (method, data) => {
      const playback = checkPlayback(data);
      if (method === 'playback' && playback.ok) this.#play(connection, playback.value);
      if (method === 'rejoin') connection.post('watch', this.#watch);
    });
    connection.on('end', () => {
      if (!this.#stopped) void this.connect();
    });
    connection.post('watch', this.#watch);
  }

  stop(): void {
    this.#stopped = true;
    this.#connection?.close();
  }

  #play(connection: RawSignaling, { consumers }: Playback): void {
    if (consumers.length === 0) return;
    plays += 1;
    connection.post('play', { dtlsParameters, consumerIds: consumers.map(({ id }) => id) });
    if (chance(3)) connection.post('pause', {});
    if (chance(4)) connection.post('setLayer', { spatialLayer: 0 });
    if (chance(6)) connection.post('restartIce', {});
    if (chance(8)) connection.post('watch', this.#watch);
    if (chance(30)) connection.close();
  }
}

/** A producer's parameters; every other one has layers. */
function produceData(ssrc: number, kind: 'audio' | 'video'): object {
  const video = { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 };
  const audio = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };
  return {
    kind,
    rtpParameters: {
      mid: `${ssrc}`,
      codecs: [kind === 'video' ? video : audio],
      encodings: kind === 'video' && ssrc % 2 === 0 ? [{ ssrc }, { ssrc: ssrc + 1 }] : [{ ssrc }],
    },
  };
}

/** Broadcasts, changes its media all the time, and leaves one way or the other. */
async function broadcastRestlessly(firstSsrc: number, damage: (change: number) => void): Promise<void> {
  const broadcaster = await RawSignaling.open(server.signalingUrl(ROOM));
  broadcaster.on('response', ({ errorReason }) => {
    if (errorReason) refusals.set(errorReason, (refusals.get(errorReason) ?? 0) + 1);
  });
  const broadcast = { credential: server.token, takeover: true };
  expect(await broadcaster.request('broadcast', broadcast)).toMatchObject({ ok: true });
  await broadcaster.request('connect', { dtlsParameters });
  for (let change = 0; change < CHANGES; change += 1) {
    const kind = chance(3) ? 'audio' : 'video';
    if (chance(5)) await broadcaster.request('unproduce', { kind });
    else await broadcaster.request('produce', produceData(firstSsrc + 3 * change, kind));
    damage(change);
  }
  if (chance(2)) await broadcaster.request('end', {}).catch(() => {});
  broadcaster.close();
}

test('broadcasts that change all the time, restless viewers and dying workers are no failures', async () => {
  const capabilities = await fetchCapabilities(server.url);
  const viewers = Array.from({ length: VIEWERS }, () => new RestlessViewer(capabilities));
  onTestFinished(() => {
    for (const viewer of viewers) viewer.stop();
  });
  await Promise.all(viewers.map((viewer) => viewer.connect()));
  for (let round = 0; round < BROADCASTS; round += 1) {
    const { body } = await server.api<{ workers: WorkerInfo[] }>('GET', '/workers');
    const pid = body.workers[0]?.pid;
    await broadcastRestlessly(1000 * (round + 1), (change) => {
      if (round % 3 === 1 && change === FATAL_CHANGE && pid) process.kill(pid, 'SIGKILL');
    });
    await waitFor('the worker to be up', async () => {
      const answer = await server.api<{ workers: WorkerInfo[] }>('GET', '/workers');
      return answer.body.workers.every(({ state: now }) => now === 'up');
    });
  }
  for (const viewer of viewers) viewer.stop();

  expect(plays).toBeGreaterThan(VIEWERS * BROADCASTS);
  const codes = new Set([...refusals.keys()].map((reason) => reason.split(':')[0]));
  expect(['wrong-state', 'unavailable']).toEqual(expect.arrayContaining([...codes]));
  await waitFor('all viewers to be gone', async () => (await viewerCount(server, ROOM)) === 0);
  const failures = server.log.match(/^.*"level":[56]0.*$/gm) ?? [];
  expect(failures.filter((line) => !line.includes('a media worker died'))).toEqual([]);
  expect(failures.length, 'deaths of workers').toBe(2);
  expect(server.running).toBe(true);
});
