import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError, type OpenInput } from '../input.ts';
import { Child } from '../process/child.ts';
import { PortAllocator } from '../rtp/port-allocator.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { SrtOpener, type SrtOpenerOptions } from './srt-opener.ts';

const PASSPHRASE = 'the-right-passphrase';
const ports = new PortAllocator({ first: 44_000, last: 44_199 });

const children: Child[] = [];
const openers: SrtOpener[] = [];

afterEach(async () => {
  for (const opener of openers) opener.close();
  await Promise.all([...openers.map(({ gone }) => gone), ...children.map((child) => child.stop())]);
  openers.length = 0;
  children.length = 0;
});

async function makeOpener(options: Partial<SrtOpenerOptions> = {}): Promise<SrtOpener> {
  const { port } = await ports.allocate('0.0.0.0');
  const opener = new SrtOpener({
    ...{ passphrase: PASSPHRASE, port, listenAddress: '127.0.0.1', announcedAddress: '127.0.0.1' },
    ...options,
  });
  openers.push(opener);
  return opener;
}

async function start(
  args: readonly string[],
  stdin?: Readable | string,
): Promise<{ child: Child; words: () => string }> {
  let words = '';
  const child = await Child.start({
    name: 'Encoder',
    file: 'ffmpeg',
    args: ['-hide_banner', '-nostats', '-loglevel', 'info', ...args],
    stdin,
    onWords: (text) => {
      words += text;
    },
  });
  children.push(child);
  return { child, words: () => words };
}

interface Encoder {
  readonly url: string;
  readonly sound?: boolean;
  readonly seconds?: number;
  readonly format?: string;
}

/** A picture and a tone, until it is ended. */
function encoder({ url, sound = true, seconds = 60, format = 'mpegts' }: Encoder) {
  return start([
    ...['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30'],
    ...(sound ? ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-c:a', 'aac'] : []),
    ...['-t', `${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30'],
    ...['-pix_fmt', 'yuv420p', '-f', format, url],
  ]);
}

/** An encoder as people have it: it comes again by itself. Resolves with the first that was taken. */
async function untilTaken<T>(opened: Promise<T>, options: Encoder): Promise<T> {
  const state = { done: false };
  const taken = opened.finally(() => {
    state.done = true;
  });
  while (!state.done) {
    const { child } = await encoder(options);
    await Promise.race([child.ended, taken.catch(() => {})]);
  }
  return taken;
}

const open = (opener: SrtOpener, giveUp = new AbortController().signal) => opener.open(giveUp);

function stream(input: OpenInput): Readable {
  if (!input.stdin || typeof input.stdin === 'string') throw new Error('There is no stream');
  return input.stdin;
}

async function probe(media: Buffer): Promise<string[]> {
  let text = '';
  const child = await Child.start({
    name: 'ffprobe',
    file: 'ffprobe',
    args: [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_name',
      '-of',
      'csv=p=0',
      '-f',
      'mpegts',
      '-i',
      'pipe:0',
    ],
    stdin: Readable.from([media]),
    onOutput: (output) => output.setEncoding('utf8').on('data', (piece: string) => (text += piece)),
  });
  children.push(child);
  await child.ended;
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))].toSorted();
}

/** A transport stream of so many seconds. */
async function recording(seconds: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const child = await Child.start({
    name: 'FFmpeg',
    file: 'ffmpeg',
    args: [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30', '-f', 'lavfi', '-i', 'sine'],
      ...['-t', `${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '15'],
      ...['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'mpegts', 'pipe:1'],
    ],
    onOutput: (output) => output.on('data', (piece: Buffer) => pieces.push(piece)),
  });
  children.push(child);
  await child.ended;
  return Buffer.concat(pieces);
}

function withoutPid(media: Buffer, pid: number): Buffer {
  const packets = Array.from({ length: media.length / 188 }, (_, index) =>
    media.subarray(index * 188, (index + 1) * 188),
  );
  return Buffer.concat(packets.filter((packet) => (packet.readUInt16BE(1) & 0x1fff) !== pid));
}

/** Sends bytes as they are, again and again, until one connection of them was taken. */
async function untilTakenRaw<T>(opened: Promise<T>, url: string, media: Buffer): Promise<T> {
  const state = { done: false };
  const taken = opened.finally(() => {
    state.done = true;
  });
  while (!state.done) {
    const args = [
      '-f',
      'data',
      '-raw_packet_size',
      '1316',
      '-i',
      'pipe:0',
      '-map',
      '0',
      '-c',
      'copy',
      '-f',
      'data',
      url,
    ];
    const { child } = await start(args, Readable.from(paced(media)));
    await Promise.race([child.ended, taken.catch(() => {})]);
  }
  return taken;
}

/** About as fast as it was recorded. */
async function* paced(media: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < media.length; at += 1316) {
    yield media.subarray(at, at + 1316);
    await sleep(15);
  }
}

/** Command lines of the processes whose parent is this one. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return parent === `${process.pid}` ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
    } catch {
      return [];
    }
  });
}

describe('an SRT listener', () => {
  test('gives the media of an encoder with the key, from its first key frame, and keeps the key to itself', async () => {
    const opener = await makeOpener();
    const opened = open(opener);
    await waitFor('the listener', async () =>
      (await commandLines()).some((line) => line.includes('concat,mpegts')),
    );
    expect((await commandLines()).join('\n')).not.toContain(PASSPHRASE);
    expect(opener.waiting).toContain('Waits for an encoder');

    const input = await untilTaken(opened, { url: opener.push.url });
    expect(input.args.join(' ')).not.toContain(PASSPHRASE);
    expect(input.secrets).toEqual([PASSPHRASE]);
    const sample = await input.sample?.();
    expect(await probe(sample ?? Buffer.alloc(0))).toEqual(['aac', 'h264']);

    // What was sampled is still there, and FFmpeg decodes what follows.
    const decoder = await start([...input.args, '-frames:v', '60', '-f', 'null', '-'], input.stdin);
    expect(await decoder.child.ended).toEqual({ code: 0, signal: null });
    input.close();
  });

  test('refuses encoders without the key or with another one, and takes the next', async () => {
    const opener = await makeOpener();
    const opened = open(opener);
    const { url } = opener.push;
    const wrong = url.replace(PASSPHRASE, 'not-the-passphrase');
    await waitFor('a refusal', async () => {
      const { child, words } = await encoder({ url: wrong });
      expect((await child.ended).code).not.toBe(0);
      return words().includes('passphrase') && opener.waiting.includes('passphrase was wrong');
    });
    const { child } = await encoder({ url: url.replace(/&passphrase.*/, '') });
    expect((await child.ended).code).not.toBe(0);
    expect(opener.waiting).toContain('it had no passphrase');

    const input = await untilTaken(opened, { url });
    expect((await input.sample?.())?.length).toBeGreaterThan(0);
    input.close();
  });

  test('ends the stream with the encoder, and listens again at once', async () => {
    const opener = await makeOpener();
    const { signal } = new AbortController();
    const input = await untilTaken(open(opener, signal), { url: opener.push.url, seconds: 4 });
    expect((await buffer(stream(input))).length).toBeGreaterThan(10_000);
    await waitFor('the reason', () => input.problem?.());
    expect(input.problem?.()).toEqual({ reason: 'The encoder has gone', final: false });
    input.close();

    const again = await untilTaken(open(opener, signal), { url: opener.push.url });
    expect(await probe((await again.sample?.()) ?? Buffer.alloc(0))).toEqual(['aac', 'h264']);
    again.close();
  });

  test('goes on with an encoder that sends, and lets one go that is silent', async () => {
    const opener = await makeOpener();
    const { signal } = new AbortController();
    const { url } = opener.push;
    const opened = open(opener, signal);
    let child: Child | undefined;
    const first = await waitFor('a connection', async () => {
      child ??= (await encoder({ url })).child;
      const input = await Promise.race([opened, child.ended]);
      if ('args' in input) return input;
      child = undefined;
      return undefined;
    });
    stream(first).resume();
    first.close();
    // The same encoder, whose stream begins with a key frame again.
    const second = await open(opener, signal);
    const decoder = await start([...second.args, '-frames:v', '30', '-f', 'null', '-'], second.stdin);
    expect((await decoder.child.ended).code).toBe(0);
    expect(decoder.words()).not.toMatch(/non-existing|no frame/i);

    const third = await open(opener, signal);
    let lastAt = performance.now();
    stream(third).on('data', () => {
      lastAt = performance.now();
    });
    if (child?.pid === undefined) throw new Error('There is no encoder');
    process.kill(child.pid, 'SIGSTOP');
    await waitFor('silence', () => performance.now() - lastAt > 1500);
    third.close();
    await waitFor('the end', () => third.problem?.());
    process.kill(child.pid, 'SIGCONT');
    // Its connection is gone; another one is taken.
    await child.stop();
    const fourth = await untilTaken(open(opener, signal), { url });
    fourth.close();
  });

  test('gives up when told to, and frees the port', async () => {
    const opener = await makeOpener();
    const life = new AbortController();
    const opened = open(opener, life.signal);
    await waitFor('the listener', async () =>
      (await commandLines()).some((line) => line.includes('concat,mpegts')),
    );
    life.abort();
    await expect(opened).rejects.toThrow(InputError);
    // It can be wanted again.
    const input = await untilTaken(open(opener), { url: opener.push.url });
    opener.close();
    opener.close();
    await opener.gone;
    expect((await buffer(stream(input))).length).toBeGreaterThan(0);
    const socket = createSocket('udp4');
    const port = Number(new URL(opener.push.url.replace('srt:', 'http:')).port);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind({ port, address: '127.0.0.1', exclusive: true }, resolve);
    });
    socket.close();
    await expect(open(opener)).rejects.toThrow(InputError);
  });

  test('says that its port is taken', async () => {
    const { port } = await ports.allocate('0.0.0.0');
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind({ port, address: '127.0.0.1' }, resolve));
    const opener = await makeOpener({ port });
    await expect(open(opener)).rejects.toThrow('Another program uses the UDP port');
    socket.close();
    const input = await untilTaken(open(opener), { url: opener.push.url });
    input.close();
  });

  test('says when there is no FFmpeg', async () => {
    const opener = await makeOpener({ ffmpegPath: '/nowhere/ffmpeg' });
    const error = await open(opener).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'InputError', final: true });
  });

  test('outlives hostile datagrams, and an encoder with the key that sends something else', async () => {
    const opener = await makeOpener();
    const opened = open(opener);
    const port = Number(/:(\d+)\?/.exec(opener.push.url)?.[1]);
    const socket = createSocket('udp4');
    let hostile = true;
    const send = () => {
      if (!hostile) return;
      for (let count = 0; count < 20; count += 1) {
        const bytes = Buffer.alloc(Math.floor(Math.random() * 1400) + 4);
        for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.random() * 256;
        // Half of them look like SRT: a handshake, by its first bytes.
        if (count % 2 === 0) bytes.set([0x80, 0, 0, 0], 0);
        socket.send(bytes, port, '127.0.0.1');
      }
      setTimeout(send, 10);
    };
    send();
    await waitFor('a refusal', async () => {
      const { child } = await encoder({ url: opener.push.url, format: 'flv', sound: false });
      await child.ended;
      return opener.waiting.includes('no MPEG-TS');
    });
    const input = await untilTaken(opened, { url: opener.push.url });
    expect(await probe((await input.sample?.()) ?? Buffer.alloc(0))).toEqual(['aac', 'h264']);
    hostile = false;
    socket.close();
    input.close();
  });

  test('has no trouble with an encoder that sends sound only', async () => {
    const opener = await makeOpener();
    const opened = open(opener);
    const { url } = opener.push;
    let done = false;
    const taken = opened.finally(() => {
      done = true;
    });
    while (!done) {
      const tone = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-t', '30', '-c:a', 'libopus'];
      const { child } = await start([...tone, '-f', 'mpegts', url]);
      await Promise.race([child.ended, taken.catch(() => {})]);
    }
    const input = await taken;
    expect(await probe((await input.sample?.()) ?? Buffer.alloc(0))).toEqual(['opus']);
    input.close();
  });

  test('takes an encoder without sound that announces sound and sends none', async () => {
    const opener = await makeOpener();
    const opened = open(opener);
    const media = withoutPid(await recording(5), 0x101);
    const input = await untilTakenRaw(opened, opener.push.url, media);
    expect(await probe((await input.sample?.()) ?? Buffer.alloc(0))).toEqual(['h264']);
    input.close();
  });

  test('lets an encoder go whose clock goes back', async () => {
    const opener = await makeOpener();
    const recorded = await recording(3);
    const input = await untilTakenRaw(
      open(opener),
      opener.push.url,
      Buffer.concat([recorded, recorded, recorded]),
    );
    stream(input).resume();
    const problem = await waitFor('the end', () => input.problem?.());
    expect(problem.reason).toContain('clock went back');
    input.close();
  });
});
