import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../input.ts';
import { Child, type ChildEnd } from '../process/child.ts';
import { PortAllocator } from '../rtp/port-allocator.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { SdpOpener } from './sdp-opener.ts';

const ports = new PortAllocator({ first: 44_400, last: 44_599 });
const PICTURE = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30'];
const TONE = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'];
const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-tune',
  'zerolatency',
  '-g',
  '30',
  '-pix_fmt',
  'yuv420p',
];

let folder: string;
let children: Child[];
let sockets: Socket[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-sdp-'));
  children = [];
  sockets = [];
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.stop()));
  for (const socket of sockets) socket.close();
  await rm(folder, { recursive: true });
});

async function ffmpeg(
  args: readonly string[],
  stdin?: string,
): Promise<{ child: Child; words: () => string }> {
  let words = '';
  const child = await Child.start({
    ...{ name: 'FFmpeg', file: 'ffmpeg', stdin },
    args: ['-hide_banner', '-nostats', '-loglevel', 'info', ...args],
    onWords: (text) => {
      words = (words + text).slice(-100_000);
    },
  });
  children.push(child);
  return { child, words: () => words };
}

const rtp = (port: number) => `rtp://127.0.0.1:${port}?pkt_size=1200`;

async function twoPorts(): Promise<[number, number]> {
  const [video, audio] = [await ports.allocate('0.0.0.0'), await ports.allocate('0.0.0.0')];
  return [video.port, audio.port];
}

/** Pushes, and gives the SDP that FFmpeg writes of it. */
async function push(args: readonly string[]): Promise<string> {
  const file = join(folder, 'stream.sdp');
  await ffmpeg([...PICTURE, ...TONE, ...args, '-sdp_file', file]);
  return waitFor('the SDP', () => readFile(file, 'utf8').catch(() => ''));
}

const open = (sdp: string, listen: 'loopback' | 'network' = 'loopback') => {
  const opener = new SdpOpener({ sdp, listen, forbidden: [] });
  return { opener, input: opener.open(new AbortController().signal) };
};

/** Reads 60 frames and says what they were. */
async function decode(sdp: string, listen?: 'network'): Promise<string> {
  const input = await open(sdp, listen).input;
  if (typeof input.stdin !== 'string') throw new Error('There is no script');
  const { child, words } = await ffmpeg([...input.args, '-frames:v', '60', '-f', 'null', '-'], input.stdin);
  expect(await child.ended).toEqual({ code: 0, signal: null });
  return words().slice(0, words().indexOf('Stream mapping'));
}

describe('an encoder that pushes what its SDP says', () => {
  test('may send H265 and AAC', async () => {
    const [video, audio] = await twoPorts();
    const x265 = [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=none:keyint=30',
      '-pix_fmt',
      'yuv420p',
    ];
    const sdp = await push([
      ...['-map', '0:v', ...x265, '-f', 'rtp', rtp(video)],
      ...['-map', '1:a', '-c:a', 'aac', '-f', 'rtp', rtp(audio)],
    ]);
    const words = await decode(sdp);
    expect(words).toMatch(/Video: hevc .*320x180/);
    expect(words).toMatch(/Audio: aac .*48000 Hz/);
  });

  test('may send H264 and PCMU, from the network', async () => {
    const [video, audio] = await twoPorts();
    const sdp = await push([
      ...['-map', '0:v', ...X264, '-flags', '+global_header', '-f', 'rtp', rtp(video)],
      ...['-map', '1:a', '-c:a', 'pcm_mulaw', '-ar', '8000', '-f', 'rtp', rtp(audio)],
    ]);
    expect(sdp).toContain('sprop-parameter-sets');
    const words = await decode(sdp, 'network');
    expect(words).toMatch(/Video: h264 .*320x180/);
    expect(words).toMatch(/Audio: pcm_mulaw, 8000 Hz/);
  });

  test('may send MPEG-TS', async () => {
    const [port] = await twoPorts();
    await ffmpeg([...PICTURE, ...TONE, ...X264, '-c:a', 'aac', '-f', 'rtp_mpegts', rtp(port)]);
    const words = await decode(`v=0\nm=video ${port} RTP/AVP 33\n`);
    expect(words).toMatch(/Video: h264 .*320x180/);
    expect(words).toMatch(/Audio: aac/);
  });

  test('may send VP8 and Opus', async () => {
    const [video, audio] = await twoPorts();
    const vp8 = [
      '-c:v',
      'libvpx',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-g',
      '30',
      '-pix_fmt',
      'yuv420p',
    ];
    const sdp = await push([
      ...['-map', '0:v', ...vp8, '-f', 'rtp', rtp(video)],
      ...['-map', '1:a', '-c:a', 'libopus', '-f', 'rtp', rtp(audio)],
    ]);
    const words = await decode(sdp);
    expect(words).toMatch(/Video: vp8.*320x180/);
    expect(words).toMatch(/Audio: opus, 48000 Hz/);
  });
});

test('waits for RTP, gives up when told to, and says which port is taken', async () => {
  const [port] = await twoPorts();
  const sdp = `v=0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`;
  const { opener, input } = open(sdp);
  expect(opener.waiting).toBe(`Waits for an encoder to push video on UDP port ${port}`);
  const sender = createSocket('udp4');
  sockets.push(sender);
  // Neither of these is the stream.
  sender.send('hello', port, '127.0.0.1');
  sender.send(Buffer.alloc(1000, 0xff), port, '127.0.0.1');
  const other = open(sdp);
  await expect(other.input).rejects.toThrow(`Another program uses UDP port ${port}`);
  opener.close();
  opener.close();
  await expect(input).rejects.toThrow(InputError);
  // The ports are free again at once.
  const third = open(sdp);
  const ticks = setInterval(
    () => sender.send(Buffer.from([0x80, 96, ...Array(20).fill(0)]), port, '127.0.0.1'),
    20,
  );
  expect((await third.input).args).toContain('sdp');
  clearInterval(ticks);
});

test('random bytes on the ports, and other senders, cost bounded memory', async () => {
  const [video, audio] = await twoPorts();
  const sdp = await push([
    ...['-map', '0:v', ...X264, '-f', 'rtp', rtp(video)],
    ...['-map', '1:a', '-c:a', 'pcm_alaw', '-ar', '8000', '-f', 'rtp', rtp(audio)],
  ]);
  const input = await open(sdp).input;
  if (typeof input.stdin !== 'string') throw new Error('There is no script');
  const { child } = await ffmpeg([...input.args, '-c', 'copy', '-f', 'null', '-'], input.stdin);
  const socket = createSocket('udp4');
  sockets.push(socket);
  let most = 0;
  let rounds = 0;
  const state: { end?: ChildEnd } = {};
  void child.ended.then((end) => {
    state.end = end;
  });
  await waitFor('the datagrams to be sent', () => {
    for (let count = 0; count < 100; count += 1) {
      const bytes = Buffer.alloc(12 + Math.floor(Math.random() * 1400));
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.random() * 256;
      // Two of three look like RTP of the stream, or of its RTCP.
      if (count % 3 === 0) bytes.set([0x80, 96 + (count % 2)], 0);
      if (count % 3 === 1) bytes.set([0x80, 200 + (count % 3)], 0);
      socket.send(bytes, (count % 2 === 0 ? video : audio) + (count % 3 === 1 ? 1 : 0), '127.0.0.1');
    }
    most = Math.max(most, residentMemory(child.pid));
    rounds += 1;
    return rounds > 150 || state.end;
  });
  // It may end, as at the end of a stream; it does not crash.
  expect(state.end?.signal ?? null).toBeNull();
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(400 * 2 ** 20);
});

/** Bytes; 0 when it has ended. */
function residentMemory(pid: number | undefined): number {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
