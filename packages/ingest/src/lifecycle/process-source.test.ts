import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileCheck, type FileSourceConfig, type RtspSourceConfig, SourceStatus } from '@spillway/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CreateSourceOptions, createSource } from '../create-source.ts';
import { Child } from '../process/child.ts';
import type { OpenInlet } from '../rtp/inlet.ts';
import type { Source } from '../source.ts';
import type { SourceContext } from '../source-context.ts';
import type { CameraMedia } from '../test-support/camera-media.ts';
import { DgramInlets } from '../test-support/dgram-inlets.ts';
import { widthIn } from '../test-support/h264-size.ts';
import { childProcesses } from '../test-support/leftovers.ts';
import { memoryLogger } from '../test-support/logger.ts';
import { type RtspServer, type RtspServerOptions, startRtspServer } from '../test-support/rtsp-server.ts';
import { sourceContext } from '../test-support/source-context.ts';
import { isAlive, waitFor } from '../test-support/wait-for.ts';

const FIRST_PORT = 21_800;
/** What a busy machine may take to start or restart a source. Milliseconds. */
const LIMIT = 60_000;

const run = promisify(execFile);
const checkStatus = compileCheck(SourceStatus);
let logger: ReturnType<typeof memoryLogger>;
let context: SourceContext;
let inlets: DgramInlets;
let cameras: RtspServer[];
let encoders: Child[];
let source: Source | undefined;
let states: string[];

beforeEach(() => {
  logger = memoryLogger();
  context = sourceContext(FIRST_PORT, { logger });
  inlets = new DgramInlets();
  cameras = [];
  encoders = [];
  states = [];
});

afterEach(async () => {
  source?.close();
  await source?.gone;
  source = undefined;
  await Promise.all([...cameras, ...encoders].map((each) => each.stop()));
  for (const inlet of inlets.all) expect(inlet.closed).toBe(true);
  for (let port = FIRST_PORT; port < FIRST_PORT + 100; port += 2) {
    expect(context.ports.reserve({ port, rtcpPort: port + 1 })).toBe(true);
  }
  await waitFor('the processes to end', () => childProcesses().every(({ pid }) => !programs().includes(pid)));
});

async function serve(media: CameraMedia, options: Partial<RtspServerOptions> = {}): Promise<RtspServer> {
  const camera = await startRtspServer({ mounts: { '/live': media }, ...options });
  cameras.push(camera);
  return camera;
}

async function create(
  config: CreateSourceOptions['config'],
  options: Partial<SourceContext & { openInlet: OpenInlet }> = {},
): Promise<Source> {
  const made = await createSource(
    { ...context, ...options },
    {
      ...{ room: 'demo', config, openInlet: inlets.open, ...options },
      onChange: (change) => {
        if (change) states.push(change.state);
      },
    },
  );
  source = made;
  return made;
}

function rtsp(camera: RtspServer, more: Partial<RtspSourceConfig> = {}): RtspSourceConfig {
  return { type: 'rtsp', url: camera.url('/live'), timeoutSeconds: 3, ...more };
}

/** Waits for a state. Each status on the way must be valid. */
function waitForState(state: SourceStatus['state']): Promise<SourceStatus> {
  return waitFor(
    `the state ${state}`,
    () => {
      const checked = checkStatus(source?.status());
      if (!checked.ok) throw new Error(checked.error);
      const { reason } = checked.value;
      if (checked.value.state === 'failed' && state !== 'failed') throw new Error(`It has failed: ${reason}`);
      return checked.value.state === state ? checked.value : undefined;
    },
    LIMIT,
  );
}

/** Waits until FFmpeg sends a key frame to an inlet that was not open before. */
async function waitForNewInlet(before: number): Promise<void> {
  await waitFor('a new inlet', () => inlets.all.length > before, LIMIT);
  await waitForState('live');
}

/** Process ids of all FFmpeg and ffprobe that this process has started. */
function programs(): number[] {
  return childProcesses()
    .filter(({ commandLine }) => /^(?:\S*\/)?(?:ffmpeg|ffprobe|setpriv|sh) /.test(commandLine))
    .map(({ pid }) => pid);
}

describe('a camera', () => {
  test.each([
    ['h264', 'copy', ['H264', 'opus']],
    ['h264-pcmu', 'copy', ['H264', 'PCMU']],
    ['h265', 'transcode', ['H264', 'opus']],
    ['mjpeg', 'transcode', ['H264']],
  ] as const)('that sends %s is brought by %s', async (media, action, codecs) => {
    const camera = await serve(media);
    const live = await create(rtsp(camera));
    live.start();
    const { report, restarts } = await waitForState('live');
    expect(report?.video?.action).toBe(action);
    expect(restarts).toBe(0);
    const inlet = inlets.last;
    expect(inlet?.options.inputs.map(({ codec }) => codec)).toEqual(codecs);
    await waitFor('all streams', () => inlet?.bytes.size === codecs.length, LIMIT);
    expect(states).toEqual(['starting', 'live']);
    live.stop();
    expect(inlet?.closed, 'its inlet, at once').toBe(true);
    expect(live.status()).toMatchObject({ state: 'idle', reason: '' });
  });

  test('that is killed and brought back is live again, for the same inputs', async () => {
    const camera = await serve('h264');
    const live = await create(rtsp(camera));
    live.start();
    await waitForState('live');
    const before = inlets.all.length;
    await camera.kill();
    const gone = await waitForState('retrying');
    expect(gone.reason).toMatch(/camera/);
    await waitFor('several attempts', () => live.status().restarts >= 2, LIMIT);
    expect(live.status().reason).toMatch(/Nothing listens at .* \(connection refused\)/);
    await serve('h264', { port: camera.port });
    await waitForNewInlet(before);
    expect(inlets.last?.options.inputs).toEqual(inlets.all[0]?.options.inputs);
    expect(live.status().reason).toBe('');
    expect(states.filter((state, at) => state !== states[at - 1])).toEqual([
      ...['starting', 'live', 'retrying', 'live'],
    ]);
  });

  test('that falls silent is stalled, and is live again when it goes on', async () => {
    const camera = await serve('h264');
    const live = await create(rtsp(camera, { stallSeconds: 2 }));
    live.start();
    await waitForState('live');
    const before = inlets.all.length;
    camera.freeze();
    await waitFor('the stall', () => states.includes('stalled'), LIMIT);
    const stalled = live.status().history.find(({ state }) => state === 'stalled');
    expect(stalled?.reason).toMatch(/^No picture has come for [\d.]+ s$/);
    await waitFor('an attempt', () => live.status().restarts >= 2, LIMIT);
    expect(live.status().reason).toMatch(/camera|stream/i);
    camera.thaw();
    await waitForNewInlet(before);
    expect(
      states.filter((state) => state === 'stalled'),
      'once live, once stalled',
    ).toHaveLength(1);
  });

  test('that comes back with another codec and size is examined anew', async () => {
    const camera = await serve('h264');
    const live = await create(rtsp(camera));
    live.start();
    expect((await waitForState('live')).report?.video?.action).toBe('copy');
    let width: number | undefined;
    const watch = () => {
      const { last } = inlets;
      if (last) last.onPacket = (_, { payload }) => (width = widthIn(payload) ?? width);
      return width;
    };
    await camera.kill();
    const small = await serve('h264-small', { port: camera.port });
    await waitFor('the small picture', () => watch() === 320, LIMIT);
    expect((await waitForState('live')).report?.video?.action).toBe('copy');
    await small.kill();
    await serve('h265', { port: camera.port });
    await waitFor('the new report', () => live.status().report?.video?.action === 'transcode', LIMIT);
    await waitFor('the large picture', () => watch() === 640, LIMIT);
    await waitForState('live');
    expect(states).not.toContain('failed');
  });

  test.each(['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const)(
    'whose FFmpeg gets %s is live again',
    async (signal) => {
      const camera = await serve('h264');
      const live = await create(rtsp(camera, { stallSeconds: 2 }));
      live.start();
      await waitForState('live');
      const before = inlets.all.length;
      const [pid = 0] = programs();
      process.kill(pid, signal);
      await waitForNewInlet(before);
      const { history } = live.status();
      const { reason = '' } = history.findLast(({ state }) => state === 'retrying') ?? {};
      expect(reason).toMatch(
        /^(FFmpeg was ended by SIGKILL|No picture has come for [\d.]+ s|FFmpeg ended with code \d+|What .*)$/,
      );
      expect(isAlive(pid)).toBe(false);
      expect(live.status().restarts).toBeGreaterThan(0);
    },
  );

  test('does not try in vain where a program is missing', async () => {
    const camera = await serve('h264');
    for (const [program, key] of [
      ['no-such-ffprobe', 'ffprobePath'],
      ['no-such-ffmpeg', 'ffmpegPath'],
    ] as const) {
      const live = await create(rtsp(camera), { [key]: program });
      live.start();
      const { reason } = await waitForState('failed');
      expect(reason).toContain(program);
      expect(reason).toContain('apt-get install ffmpeg');
      live.close();
      await live.gone;
    }
  });

  test.each([true, false])('tells its password nobody (right: %s)', async (right) => {
    const [username, password] = ['adm in', 'p@ss:w/rd?x#y'];
    const auth = { scheme: 'digest', username, password: right ? password : `${password}!` } as const;
    const camera = await serve('h264', { auth });
    const secrets = [username, password, ...[username, password].map(encodeURIComponent)];
    const live = await create(rtsp(camera, { url: camera.url('/live', { username, password }) }));
    let seen = '';
    live.start();
    await waitFor(
      'its state',
      () => {
        const lines = childProcesses().map(({ commandLine }) => commandLine);
        seen += JSON.stringify([lines, live.status()]);
        return live.state === (right ? 'live' : 'retrying');
      },
      LIMIT,
    );
    if (right) process.kill(programs()[0] ?? 0, 'SIGKILL');
    await waitFor('a restart', () => live.status().restarts > 0, LIMIT);
    seen += JSON.stringify([live.status(), live.persisted(), logger.lines]);
    expect(seen).toMatch(right ? /ffmpeg/ : /refuses the user name or password/);
    for (const secret of secrets) expect(seen).not.toContain(secret);
  });
});

describe('an encoder whose SDP was pasted', () => {
  const PORT = 21_790;
  const sdp = [
    ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
    ...[`m=video ${PORT} RTP/AVP 96`, 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1', ''],
  ].join('\r\n');
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-bsf:v', 'dump_extra'];
  const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=25'];

  async function push(width: number, codec: readonly string[] = x264): Promise<Child> {
    const picture = `testsrc2=size=${width}x${(width * 9) / 16}:rate=25,format=yuv420p`;
    const encoder = await Child.start({
      name: 'encoder',
      file: 'ffmpeg',
      args: [
        ...['-v', 'error', '-re', '-f', 'lavfi', '-i', picture, ...codec, '-g', '25'],
        ...['-f', 'rtp', '-payload_type', '96', `rtp://127.0.0.1:${PORT}?pkt_size=1200`],
      ],
    });
    encoders.push(encoder);
    return encoder;
  }

  /** Waits for a key frame that comes from now on, and gives its width. */
  async function nextWidth(wanted?: number): Promise<number> {
    const seen: number[] = [];
    return waitFor(
      `a picture ${wanted ?? ''}`,
      () => {
        const { last } = inlets;
        if (last) last.onPacket = (_, { payload }) => seen.push(widthIn(payload) ?? 0);
        return seen.find((width) => (wanted === undefined ? width > 0 : width === wanted));
      },
      LIMIT,
    );
  }

  test.each(['auto', 'always'] as const)(
    'may change its size as it runs (transcode: %s)',
    async (transcode) => {
      const live = await create({ type: 'rtp', sdp, stallSeconds: 2, video: { transcode } });
      live.start();
      const encoder = await push(320);
      await nextWidth(320);
      await waitForState('live');
      await encoder.stop();
      await push(640);
      // What is encoded anew may keep the size that it had.
      await nextWidth(transcode === 'auto' ? 640 : undefined);
      await waitForState('live');
      expect(states).not.toContain('failed');
    },
    120_000,
  );

  test('comes back after what nobody can play', async () => {
    const live = await create({ type: 'rtp', sdp, stallSeconds: 2, video: { transcode: 'always' } });
    live.start();
    let encoder = await push(320);
    await nextWidth(320);
    await waitForState('live');
    await encoder.stop();
    encoder = await push(320, x265);
    await waitFor('it to be noticed', () => live.state !== 'live', LIMIT);
    expect(live.status().reason).not.toBe('');
    await encoder.stop();
    await push(320);
    await nextWidth(320);
    await waitForState('live');
    expect(states).not.toContain('failed');
  }, 120_000);
});

describe('a source that is held', () => {
  const pattern = { type: 'test', width: 320, height: 180, frameRate: 20, bitrate: 200_000 } as const;
  let taken: number;
  let ready: number;

  beforeEach(() => {
    taken = 0;
    ready = 0;
  });

  /** Counts what the room is told. */
  const openInlet: OpenInlet = (options) =>
    inlets.open({
      ...options,
      onReady: () => {
        ready += 1;
        options.onReady?.();
      },
      onLive: () => {
        taken += 1;
        options.onLive();
      },
    });

  test('stays held over the death of its worker', async () => {
    const live = await create(pattern, { openInlet });
    live.hold(true);
    live.start();
    await waitForState('live');
    const [pid] = programs();
    inlets.last?.die();
    expect(live.status()).toMatchObject({ state: 'retrying', reason: 'The worker has died' });
    await waitForState('live');
    expect([taken, ready]).toEqual([0, 2]);
    expect(inlets.last?.options.hold).toBe(true);
    inlets.failure = 'no worker';
    inlets.last?.die();
    await waitForState('retrying');
    live.hold(false);
    inlets.failure = undefined;
    await waitForState('live');
    await waitFor('the room to be taken', () => taken === 1);
    expect(programs(), 'the same FFmpeg').toEqual([pid]);
    expect(live.status().restarts).toBe(0);
  });

  test('is taken when it is let go, at whatever moment of its start', async () => {
    const camera = await serve('h264');
    // Layers take a moment more between the decision and the run.
    for (const held of [true, false]) {
      const live = await create(rtsp(camera, { layers: ['180p'] }), { openInlet });
      taken = 0;
      const toggled = setInterval(() => {
        live.hold(true);
        live.hold(false);
        live.hold(held);
      }, 1);
      live.hold(!held);
      live.start();
      await waitFor('the end of the start', () => live.state === 'live', LIMIT);
      clearInterval(toggled);
      live.hold(false);
      await waitFor('the room to be taken', () => taken === 1);
      live.close();
      await live.gone;
    }
  });

  test('says whether the room is taken by another', async () => {
    inlets.refusal = 'The room is taken';
    const live = await create(pattern, { openInlet });
    live.start();
    await waitForState('retrying');
    expect(live.refused).toBe(true);
    inlets.refusal = undefined;
    await waitForState('live');
    expect(live.refused).toBe(false);
    inlets.last?.die();
    expect(live.refused).toBe(false);
  });
});

describe('a file', () => {
  let library: string;

  beforeAll(async () => {
    library = await mkdtemp(join(tmpdir(), 'spillway-process-source-'));
    const clip = async (name: string, video: readonly string[], audio: readonly string[]) => {
      const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=1.2,format=yuv420p'];
      const tone = audio.length > 0 ? ['-f', 'lavfi', '-i', 'sine=duration=1.2'] : [];
      await run('ffmpeg', [
        '-v',
        'error',
        '-nostdin',
        ...inputs,
        ...tone,
        ...video,
        ...audio,
        join(library, name),
      ]);
    };
    await clip('clip.mp4', ['-c:v', 'libx264', '-bf', '0', '-g', '25'], ['-c:a', 'aac']);
    await clip('silent.mp4', ['-c:v', 'libx264', '-bf', '0', '-g', '25'], []);
    await run('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'sine=duration=60',
      '-c:a',
      'aac',
      join(library, 'sound.mp4'),
    ]);
  });

  afterAll(() => rm(library, { recursive: true }));

  function play(config: Omit<FileSourceConfig, 'type'>): Promise<Source> {
    return create({ type: 'file', ...config }, { libraryRoot: library });
  }

  test('that is played once ends, and can be started again', async () => {
    const live = await play({ file: 'clip.mp4', loop: false });
    for (let round = 0; round < 2; round += 1) {
      live.start();
      await waitForState('live');
      const { reason } = await waitForState('idle');
      expect(reason).toBe('Played to its end');
      expect(inlets.last?.closed).toBe(true);
      expect(programs()).toEqual([]);
    }
    expect(live.status().restarts).toBe(0);
    expect(states).toEqual(['starting', 'live', 'idle', 'starting', 'live', 'idle']);
  });

  test('that is not there says so', async () => {
    const live = await play({ file: 'none.mp4' });
    live.start();
    const { reason } = await waitForState('failed');
    expect(reason).toContain('none.mp4');
  });

  test('of sound alone that stalls is not said to lack a picture', async () => {
    const live = await play({ file: 'sound.mp4', stallSeconds: 1 } as FileSourceConfig);
    live.start();
    await waitFor('its sound', () => (inlets.last?.bytes.size ?? 0) > 0, LIMIT);
    process.kill(programs()[0] ?? 0, 'SIGSTOP');
    const { reason } = await waitForState('retrying');
    expect(reason).toMatch(/^No sound has come for/);
  });
});
