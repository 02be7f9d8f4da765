import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { OpenInput } from '../input.ts';
import { Child } from '../process/child.ts';
import { memoryLogger } from '../test-support/logger.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { askFlvSupport } from './flv-support.ts';
import { makeStreamKey, rtmpPushAddress } from './push-address.ts';
import type { RtmpLimits } from './rtmp-limits.ts';
import { RtmpOpener } from './rtmp-opener.ts';
import { RtmpServer } from './rtmp-server.ts';
import { type Encoder, type EncoderOptions, startEncoder } from './test-support/encoder.ts';
import { RawClient } from './test-support/raw-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const never = new AbortController().signal;

interface Setup {
  readonly server: RtmpServer;
  readonly logger: ReturnType<typeof memoryLogger>;
  readonly openers: readonly RtmpOpener[];
  readonly keys: readonly string[];
}

function setup(sources = 1, limits: Partial<RtmpLimits> = {}, port = 0): Setup {
  const logger = memoryLogger();
  const server = new RtmpServer({ host: '127.0.0.1', port, logger, limits });
  const keys = Array.from({ length: sources }, () => makeStreamKey());
  const openers = keys.map((key, index) => {
    const support = () => askFlvSupport('ffmpeg');
    const opener = new RtmpOpener({ server, room: `room-${index}`, key, support, logger });
    cleanups.push(() => opener.close());
    return opener;
  });
  return { server, logger, openers, keys };
}

/** Lets a source wait for its encoder; resolves to the port once it listens. */
async function listen(
  { server, openers }: Setup,
  index = 0,
): Promise<{ port: number; opening: Promise<OpenInput> }> {
  const opening = opened(openers[index]?.open(never));
  // Not every test waits for an encoder to come.
  opening.catch(() => {});
  const port = await server.listening();
  return { port, opening };
}

async function opened(opening: Promise<OpenInput> | undefined): Promise<OpenInput> {
  const input = await opening;
  if (!input) throw new Error('There is no such source');
  cleanups.push(() => input.close());
  return input;
}

async function encode(options: EncoderOptions): Promise<Encoder> {
  const encoder = await startEncoder(options);
  cleanups.push(() => encoder.child.stop());
  return encoder;
}

/** Runs an FFmpeg on an input, until it ends by itself or is stopped, and counts the frames that it decodes. */
async function decode({ args, stdin }: OpenInput, more: readonly string[] = []) {
  let output = '';
  let words = '';
  const child = await Child.start({
    name: 'FFmpeg',
    file: 'ffmpeg',
    args: ['-v', 'error', '-nostdin', ...args, ...more, '-f', 'framecrc', '-flush_packets', '1', 'pipe:1'],
    stdin,
    onOutput: (stream) => stream.setEncoding('utf8').on('data', (text: string) => (output += text)),
    onWords: (text) => (words += text),
  });
  cleanups.push(() => child.stop());
  const lines = () => output.split('\n').filter((line) => /^\d/.test(line));
  return {
    child,
    words: () => words,
    frames: (stream: number) => lines().filter((line) => line.startsWith(`${stream},`)).length,
    /** Decoding times of a stream's frames, in its time base. */
    times: (stream: number) =>
      lines()
        .filter((line) => line.startsWith(`${stream},`))
        .map((line) => Number(line.split(',')[1])),
  };
}

/** What ffprobe says of the streams in a sample. */
async function probe(sample: Buffer): Promise<string[]> {
  let output = '';
  const child = await Child.start({
    name: 'ffprobe',
    file: 'ffprobe',
    args: [
      '-v',
      'error',
      '-f',
      'flv',
      '-show_entries',
      'stream=codec_name',
      '-of',
      'csv=p=0',
      '-i',
      'pipe:0',
    ],
    stdin: Readable.from([sample]),
    onOutput: (stream) => stream.setEncoding('utf8').on('data', (text: string) => (output += text)),
  });
  await child.ended;
  return output.trim().split('\n').sort();
}

test('FFmpeg publishes; what comes out decodes without an error, and the sample tells the streams', async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  await encode({ port, key: `${all.keys[0]}?token=x` });
  const input = await opening;
  expect(input.secrets).toEqual(all.keys);
  expect(input.args.join(' ')).not.toContain(all.keys[0]);
  const sample = await input.sample?.();
  expect(await probe(sample ?? Buffer.alloc(0))).toEqual(['aac', 'h264']);
  const run = await decode(input);
  await waitFor('90 decoded frames and their sound', () => run.frames(0) >= 90 && run.frames(1) >= 90);
  await run.child.stop();
  expect(run.words()).toBe('');
  expect(input.problem?.()).toBeUndefined();
});

test('a second run starts at once while the encoder stays, the first frame being a key frame', async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  await encode({ port, key: all.keys[0] ?? '', gop: 300 });
  for (let run = 0; run < 3; run += 1) {
    const input = run === 0 ? await opening : await opened(all.openers[0]?.open(never));
    const { child, frames, words } = await decode(input);
    // The next key frame is up to 10 s away: only the one that is kept can be the first.
    await waitFor('frames', () => frames(0) >= 10);
    await child.stop();
    expect(words()).toBe('');
  }
});

test('the stream ends when the encoder goes, and the next one is waited for', async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  const first = await encode({ port, key: all.keys[0] ?? '' });
  const run = await decode(await opening);
  await waitFor('frames', () => run.frames(0) > 10);
  if (first.child.pid !== undefined) process.kill(first.child.pid, 'SIGKILL');
  expect(await run.child.ended).toEqual({ code: 0, signal: null });

  const again = opened(all.openers[0]?.open(never));
  await encode({ port, key: all.keys[0] ?? '' });
  const second = await decode(await again);
  await waitFor('frames of the second', () => second.frames(0) > 10);
  expect(second.words()).toBe('');
});

test.for([
  { name: 'video alone', video: true, audio: false },
  { name: 'sound alone', video: false, audio: true },
])('$name', async ({ video, audio }) => {
  const all = setup();
  const { port, opening } = await listen(all);
  await encode({ port, key: all.keys[0] ?? '', video, audio });
  const run = await decode(await opening);
  await waitFor('frames', () => run.frames(0) > 30);
  expect(run.words()).toBe('');
});

test('timestamps beyond 24 bits, as after 4.7 hours', async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  await encode({ port, key: all.keys[0] ?? '', more: ['-output_ts_offset', '16776'] });
  const run = await decode(await opening);
  await waitFor('frames on both sides', () => run.frames(0) > 90 && run.frames(1) > 90);
  await run.child.stop();
  expect(run.words()).toBe('');
});

test("a jump of the encoder's clock leaves no gap and loses no frame", async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  const jump = 'gte(N\\,60)*3600/TB';
  const more = ['-bsf:v', `setts=pts=PTS+${jump}:dts=DTS+${jump}`];
  await encode({ port, key: all.keys[0] ?? '', audio: false, more });
  const run = await decode(await opening, ['-c', 'copy']);
  await waitFor('frames on both sides', () => run.frames(0) > 90);
  const times = run.times(0).slice(0, 90);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(0);
  expect(Math.max(...gaps)).toBeLessThan(1000);
});

test('who does not read loses frames, and the log tells', async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  const client = await RawClient.open(port);
  cleanups.push(() => client.socket.destroy());
  client.publish(all.keys[0] ?? '');
  await waitFor('the start', () => client.statuses().some(({ code }) => code === 'NetStream.Publish.Start'));
  const frame = Buffer.alloc(2 ** 20);
  frame.set([0x27, 1]);
  client.sendVideo(0, Buffer.from([0x17, 1, 0, 0, 0, 1]));
  client.sendVideo(2000, Buffer.from([0x17, 1, 0, 0, 0, 1]));
  await opening;
  for (let index = 0; index < 6; index += 1) client.sendVideo(2033 + index, frame);
  await waitFor('the log', () =>
    all.logger.lines.some(({ message }) => message.includes('reads more slowly')),
  );
});

test('several keys at once', async () => {
  const all = setup(3);
  const openings = await Promise.all([0, 1, 2].map((index) => listen(all, index)));
  const port = openings[0]?.port ?? 0;
  await Promise.all(all.keys.map((key, index) => encode({ port, key, audio: index !== 1 })));
  const runs = await Promise.all(openings.map(async ({ opening }) => decode(await opening)));
  await waitFor('frames of all', () => runs.every((run) => run.frames(0) > 30), 60_000);
  expect(runs.map((run) => run.frames(1) > 0)).toEqual([true, false, true]);
});

test('a wrong key and another application are refused in words, and the key is not logged', async () => {
  const all = setup();
  const { port } = await listen(all);
  const wrong = await encode({ port, key: 'not-the-right-one' });
  expect((await wrong.child.ended).code).not.toBe(0);
  expect(wrong.words()).toContain('There is no such stream key here');
  const elsewhere = await encode({ port, key: all.keys[0] ?? '', app: 'app' });
  expect((await elsewhere.child.ended).code).not.toBe(0);
  expect(elsewhere.words()).toContain('the server URL ends in /live');
  await waitFor('the log', () =>
    all.logger.lines.some(({ message }) => message.includes('no such stream key')),
  );
  const log = JSON.stringify(all.logger.lines);
  expect(log).not.toContain('not-the-right-one');
  expect(log).not.toContain(all.keys[0]);
});

test('a second encoder with the same key is refused while the first one sends', async () => {
  const all = setup();
  const { port, opening } = await listen(all);
  await encode({ port, key: all.keys[0] ?? '' });
  const run = await decode(await opening);
  await waitFor('frames', () => run.frames(0) > 10);
  const second = await encode({ port, key: all.keys[0] ?? '' });
  expect((await second.child.ended).code).not.toBe(0);
  expect(second.words()).toContain('Another encoder publishes');
  const before = run.frames(0);
  await waitFor('more frames of the first', () => run.frames(0) > before + 30);
});

test('an encoder takes the key over from one that has been silent', async () => {
  const all = setup(1, { takeoverMs: 300 });
  const { port, opening } = await listen(all);
  const first = await encode({ port, key: all.keys[0] ?? '' });
  const run = await decode(await opening);
  await waitFor('frames', () => run.frames(0) > 10);
  if (first.child.pid !== undefined) process.kill(first.child.pid, 'SIGSTOP');
  cleanups.push(() => first.child.pid !== undefined && process.kill(first.child.pid, 'SIGCONT'));
  const next = await waitFor('the second to be let in', async () => {
    const client = await RawClient.open(port);
    client.publish(all.keys[0] ?? '');
    await waitFor('an answer', () =>
      client.statuses().some(({ code }) => code !== 'NetConnection.Connect.Success'),
    );
    if (client.statuses().some(({ code }) => code === 'NetStream.Publish.Start')) return client;
    client.socket.destroy();
    return undefined;
  });
  cleanups.push(() => next.socket.destroy());
  expect((await run.child.ended).code).toBe(0);
});

test('HEVC by enhanced RTMP, which an old FFmpeg cannot read, is told', async () => {
  const logger = memoryLogger();
  const server = new RtmpServer({ host: '127.0.0.1', port: 0, logger });
  const key = makeStreamKey();
  const support = async () => ({ enhancedVideo: false, enhancedAudio: false });
  const opener = new RtmpOpener({ server, room: 'r', key, support, logger });
  cleanups.push(() => opener.close());
  const opening = opener.open(never);
  const client = await RawClient.open(await server.listening());
  cleanups.push(() => client.socket.destroy());
  client.publish(key);
  await waitFor('the start', () => client.statuses().some(({ code }) => code === 'NetStream.Publish.Start'));
  client.sendVideo(0, Buffer.from([0x90, ...Buffer.from('hvc1'), 1, 2, 3]));
  await expect(opening).rejects.toMatchObject({
    name: 'InputError',
    final: false,
    message:
      'The encoder sends HEVC by enhanced RTMP, which FFmpeg here cannot read; set the encoder to H.264',
  });
});

test('giving up, closing, a key that is taken, a port that is in use', async () => {
  const all = setup();
  const giveUp = new AbortController();
  const given = all.openers[0]?.open(giveUp.signal);
  giveUp.abort();
  await expect(given).rejects.toThrow('Given up');
  const { port, opening } = await listen(all);
  const twin = new RtmpOpener({
    server: all.server,
    room: 'twin',
    key: all.keys[0] ?? '',
    support: () => askFlvSupport('ffmpeg'),
    logger: all.logger,
  });
  await expect(twin.open(never)).rejects.toMatchObject({
    final: true,
    message: expect.stringContaining('same stream key'),
  });

  const other = setup(1, {}, port);
  await expect(other.openers[0]?.open(never)).rejects.toThrow('in use by another program');
  all.openers[0]?.close();
  await expect(opening).rejects.toThrow('Given up');
  const { port: same } = await listen(other);
  expect(same).toBe(port);
  other.openers[0]?.close();
  const free = createServer().listen(port, '127.0.0.1');
  await waitFor('the port to be free', () => free.listening);
  free.close();
});

test('where to push to', () => {
  expect(makeStreamKey()).toMatch(/^[A-Za-z0-9_-]{8,128}$/);
  expect(rtmpPushAddress('192.0.2.1', 1935, 'k')).toEqual({ url: 'rtmp://192.0.2.1:1935/live', key: 'k' });
  expect(rtmpPushAddress('2001:db8::1', 1935, 'k').url).toBe('rtmp://[2001:db8::1]:1935/live');
});
