import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Problem, RoomSourceConfig, RoomSourceStatus } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { useArgumentLog } from './support/argument-log.ts';
import { startCamera } from './support/camera.ts';
import { answerRtsp, startHostileCamera, writeForever } from './support/hostile-camera.ts';
import { keepMeasurement } from './support/measurements.ts';
import { MemoryWatch } from './support/memory-watch.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { programsOf } from './support/process-facts.ts';
import { useServer } from './support/server.ts';
import { SourceEvents } from './support/source-events.ts';
import { SourceRoom } from './support/source-room.ts';
import { together } from './support/together.ts';
import { waitFor } from './support/wait-for.ts';
import { Bystander } from './support/watched-room.ts';

/** What an FFmpeg, and the server, may take. Megabytes; without hostile streams each takes about 150. */
const MOST = 700;

const programs = useArgumentLog();
const server = useServer({ config: patternOnly, sources: { allowLocalAddresses: true }, env: programs.env });

const run = promisify(execFile);
const impatient = { timeoutSeconds: 3, stallSeconds: 2 };

function sdpAnswer(sdp: string): string {
  return `Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
}

const garbage = randomBytes(65_536);
/** An interleaved frame of RTSP with nonsense in it. */
const frame = Buffer.concat([Buffer.from([0x24, 0, 0x40, 0]), garbage.subarray(0, 0x4000)]);

const cameras: Readonly<Record<string, (socket: Socket) => void>> = {
  'a header that never ends': (socket) => {
    socket.write('RTSP/1.0 200 OK\r\n');
    writeForever(socket, `X-Header: ${'a'.repeat(8000)}\r\n`);
  },
  'one line that never ends': (socket) => writeForever(socket, 'RTSP/1.0 200 OK'.repeat(1000)),
  'a body of terabytes': (socket) => {
    socket.write('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 9999999999999\r\n\r\n');
    writeForever(socket, 'v=0\r\n'.repeat(1000));
  },
  noise: (socket) => writeForever(socket, garbage),
  'a way to a file': (socket) =>
    socket.once('data', () => {
      socket.write('RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: file:///etc/passwd\r\n\r\n');
    }),
  'an SDP of noise': (socket) =>
    answerRtsp(socket, (method) =>
      method === 'DESCRIBE' ? sdpAnswer(`v=0\r\n${garbage.toString('latin1').slice(0, 30_000)}`) : '\r\n',
    ),
  'frames of noise': (socket) =>
    answerRtsp(socket, (method) => {
      if (method === 'DESCRIBE')
        return sdpAnswer(
          'v=0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t\r\n',
        );
      if (method === 'SETUP') return 'Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n';
      if (method !== 'PLAY') return '\r\n';
      setImmediate(() => writeForever(socket, frame));
      return 'Session: 1\r\n\r\n';
    }),
};

const BOMB = 'bomb.mkv';

const films: Readonly<Record<string, () => Promise<Buffer | string>>> = {
  'text.mp4': async () => 'These are words and no film.\n'.repeat(1000),
  'noise.mkv': async () => garbage,
  'empty.webm': async () => '',
  [BOMB]: makePictureBomb,
};

test('cameras of noise, bombs and no films are given up with a reason, within bounded memory', async () => {
  const bystander = await Bystander.join(server, patternRoom.name);
  onTestFinished(() => bystander.close());
  const memory = MemoryWatch.start(server);
  await mkdir(server.library, { recursive: true });
  const parts = [
    ...Object.entries(cameras).map(([what, serve]) => [what, () => expectCameraGivenUp(serve)] as const),
    ...Object.entries(films).map(([file, make]) => [file, () => expectFilmGivenUp(file, make)] as const),
  ];
  await together(Object.fromEntries(parts));
  expectBounded(memory, 'cameras and files');
  expect(programs.read(), 'arguments of programs').toContain('bomb.mkv');
  expect(programs.read(), 'arguments of programs').not.toContain('passwd');
  await bystander.expectUndisturbed();
}, 120_000);

async function expectCameraGivenUp(serve: (socket: Socket) => void): Promise<void> {
  const { url } = await startHostileCamera(serve);
  const config = { type: 'rtsp', url, ...impatient } as const;
  // A camera may be mended: some of them are tried again.
  await expectGivenUp(`noise-${new URL(url).port}`, config, (status) => status.restarts >= 1);
}

async function expectFilmGivenUp(file: string, make: () => Promise<Buffer | string>): Promise<void> {
  await writeFile(join(server.library, file), await make());
  // A bomb is none to those who do not decode it.
  if (file !== BOMB) {
    const { status, body } = await server.api<Problem>('POST', '/sources/probe', { type: 'file', file });
    expect(status, `probe: ${JSON.stringify(body)}`).toBe(422);
    expect(body.detail).toContain(file);
  }
  const video = { transcode: 'always' } as const;
  await expectGivenUp(file.replace('.', '-'), { type: 'file', file, video });
}

/** Waits until a source has failed with a reason, or with whatever else will do. */
async function expectGivenUp(
  name: string,
  config: RoomSourceConfig,
  orElse: (status: RoomSourceStatus) => boolean = () => false,
): Promise<void> {
  const room = await SourceRoom.play(server, name, config);
  const { reason } = await room.when('given up', (status) => status.state === 'failed' || orElse(status));
  expect(reason).toMatch(/\w+ \w+ \w+/);
  await room.stop();
}

test('garbage for listeners is no encoder, and costs no memory', async () => {
  const memory = MemoryWatch.start(server);
  const udp = createSocket('udp4');
  onTestFinished(() => void udp.close());
  const plain = await SourceRoom.play(server, 'garbage-rtp', { type: 'rtp' });
  const sdp = [
    ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=x', 'c=IN IP4 127.0.0.1', 't=0 0'],
    ...[`m=video ${server.sparePort} RTP/AVP 96`, 'a=rtpmap:96 H265/90000', ''],
  ].join('\r\n');
  const pasted = await SourceRoom.play(server, 'garbage-sdp', { type: 'rtp', sdp });
  const srt = await SourceRoom.play(server, 'garbage-srt', { type: 'srt' });
  const rtmp = await SourceRoom.play(server, 'garbage-rtmp', { type: 'rtmp' });
  const addresses = await Promise.all([srt.status(), rtmp.status()]);
  const [srtPort, rtmpPort] = addresses.map(({ push }) => Number(/:(\d+)/.exec(push?.url ?? '')?.[1]));
  const [video, audio] = (await plain.status()).inputs ?? [];
  const sockets = [garbage, Buffer.from([3, ...garbage.subarray(0, 1536)]), Buffer.alloc(65_536)].map(
    (chunk) => {
      const socket = connect(rtmpPort ?? 0, '127.0.0.1');
      socket.on('error', () => {});
      socket.once('connect', () => writeForever(socket, chunk));
      return socket;
    },
  );
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  // Also with a header of RTP that is right but for its SSRC.
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = video?.payloadType ?? 96;
  header.writeUInt32BE(((video?.ssrc ?? 1) % 0xffff_ffff) + 1, 8);
  const ports = [video?.port, video?.rtcpPort, audio?.port, server.sparePort, srtPort].filter(
    (port) => port !== undefined,
  );
  for (let round = 0; round < 2000; round += 1) {
    header.writeUInt16BE(round, 2);
    for (const port of ports) {
      const noise = randomBytes(20 + (round % 1200));
      await new Promise((sent) =>
        udp.send(round % 2 ? noise : Buffer.concat([header, noise]), port, '127.0.0.1', sent),
      );
    }
  }
  for (const room of [plain, pasted, srt, rtmp]) {
    const { state, reason } = await room.when(
      'a reason',
      (status) => status.reason !== '' || status.state === 'live',
    );
    expect(['starting', 'retrying', 'stalled', 'failed'], `${room.name}: ${reason}`).toContain(state);
    expect(reason).toMatch(/\w+ \w+ \w+/);
  }
  for (const socket of sockets)
    await waitFor('RTMP to hang up', () => socket.destroyed || socket.readyState === 'closed');
  expectBounded(memory, 'garbage for listeners');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('the password of a camera is in no log, no answer and no command line', async () => {
  const login = { username: 'operator', password: 's3cr3t/pass:word@home' };
  const shapes = [
    login.password,
    encodeURIComponent(login.password),
    Buffer.from(`${login.username}:${login.password}`).toString('base64'),
  ];
  const expectSecret = (where: string, text: string) => {
    for (const shape of shapes) expect(text.includes(shape), `${shape} in ${where}`).toBe(false);
  };
  const camera = await startCamera({ mounts: { '/live': 'h264' }, auth: { scheme: 'basic', ...login } });
  const events = await SourceEvents.open(server);
  const configs: RoomSourceConfig[] = [
    { type: 'rtsp', url: camera.url('/live', login), ...impatient },
    { type: 'rtsp', url: camera.url('/live'), ...login, ...impatient },
  ];
  const rooms = await Promise.all(
    configs.map((config, index) => SourceRoom.play(server, `secret-${index}`, config)),
  );
  const probes = await Promise.all(configs.map((config) => server.api('POST', '/sources/probe', config)));
  for (const { status, body } of probes) {
    expect(status, 'status of a probe').toBe(200);
    expectSecret('a probe', JSON.stringify(body));
  }
  for (const room of rooms) await room.whenState('live');
  await everywhere();
  await camera.kill();
  for (const room of rooms) await room.when('a fault', ({ restarts }) => restarts >= 1);
  await everywhere();
  const wrong = [
    { ...configs[0], url: `${camera.url('/live', login)}x y` },
    { ...configs[0], transport: login.password },
  ];
  for (const config of wrong) {
    expectSecret(
      'a refusal',
      JSON.stringify((await server.api('PUT', '/rooms/secret-0/source', config)).body),
    );
  }
  expectSecret('the log', server.log);
  // The server must know it, and nobody else of the machine.
  for (const name of await readdir(server.dataDir)) {
    const file = join(server.dataDir, name);
    const found = await stat(file);
    if (!found.isFile() || !(await readFile(file, 'utf8')).includes(login.password)) continue;
    expect(found.mode & 0o077, `others may read ${name}`).toBe(0);
  }

  async function everywhere(): Promise<void> {
    for (const { args } of programsOf(server)) expectSecret('a command line', args.join('\n'));
    expectSecret('the arguments of a program', programs.read());
    expectSecret('the log', server.log);
    expectSecret('events', JSON.stringify(events.all));
    const paths = [
      '/rooms',
      '/rooms/secret-0',
      '/rooms/secret-0/source',
      '/rooms/secret-1/source',
      '/workers',
    ];
    for (const path of paths) expectSecret(path, JSON.stringify((await server.api('GET', path)).body));
    for (const path of ['/metrics', '/openapi.json']) {
      const answer = await fetch(`${server.url}${path}`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      expectSecret(path, await answer.text());
    }
  }
});

function expectBounded(memory: MemoryWatch, what: string): void {
  keepMeasurement(`hostile ${what}: most memory of one FFmpeg`, memory.program, 'MB');
  keepMeasurement(`hostile ${what}: most memory of the server`, memory.server, 'MB');
  expect(memory.program, 'megabytes of one FFmpeg').toBeLessThan(MOST);
  expect(memory.server, 'megabytes of the server').toBeLessThan(MOST);
}

/** A film of a few kilobytes whose pictures say that they have 16384x16384 pixels. */
async function makePictureBomb(): Promise<Buffer> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=5:duration=2'];
  const codec = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-f', 'matroska', 'pipe:1'];
  const { stdout: film } = await run('ffmpeg', ['-v', 'error', ...picture, ...codec], { encoding: 'buffer' });
  // Start of frame, its length, eight bits; then height and width.
  const start = Buffer.from('ffc0001108', 'hex');
  let pictures = 0;
  for (let at = film.indexOf(start); at >= 0; at = film.indexOf(start, at + 1)) {
    film.writeUInt16BE(16_384, at + 5);
    film.writeUInt16BE(16_384, at + 7);
    pictures += 1;
  }
  expect(pictures, 'pictures of the bomb').toBe(10);
  return film;
}
