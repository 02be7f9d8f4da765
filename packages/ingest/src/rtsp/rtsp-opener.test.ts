import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { RtspSourceConfig } from '@spillway/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError } from '../input.ts';
import { memoryLogger } from '../test-support/logger.ts';
import { openRawCamera } from '../test-support/raw-camera.ts';
import { type RtspServer, type RtspServerOptions, startRtspServer } from '../test-support/rtsp-server.ts';
import { isAlive, waitFor } from '../test-support/wait-for.ts';
import { type OpenRtspInput, RtspOpener } from './rtsp-opener.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const login = { username: 'ad min', password: 'p@ss:w/rd' };
const never = new AbortController().signal;

async function serve(options: RtspServerOptions): Promise<RtspServer> {
  const server = await startRtspServer(options);
  closing.push(() => server.stop());
  return server;
}

function opener(config: Omit<RtspSourceConfig, 'type'>, allowLocal = true): RtspOpener {
  return new RtspOpener(
    { type: 'rtsp', ...config },
    { addressPolicy: { allowLocal }, logger: memoryLogger() },
  );
}

async function open(config: Omit<RtspSourceConfig, 'type'>): Promise<OpenRtspInput> {
  const input = await opener(config).open(never);
  closing.push(() => input.close());
  return input;
}

/** FFmpeg on an input: packets as `framecrc` lists them. */
class Run {
  readonly child: ChildProcess;
  output = '';
  words = '';
  ended: number | null | undefined;

  constructor({ args }: OpenRtspInput, ...more: string[]) {
    const output = ['-map', '0', '-c', 'copy', '-flush_packets', '1', '-f', 'framecrc', '-'];
    this.child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-nostats', ...args, ...more, ...output]);
    this.child.stdout?.on('data', (data) => {
      this.output += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.words += data;
    });
    this.child.on('close', (code) => {
      this.ended = code;
    });
    closing.push(() => this.stop());
  }

  /** Packets of a stream so far. */
  packets(stream: number): number {
    return this.output.split('\n').filter((line) => line.startsWith(`${stream},`)).length;
  }

  async end(): Promise<void> {
    await waitFor('the end of FFmpeg', () => this.ended !== undefined, 30_000);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.end();
  }
}

/** The command lines of all processes, as any user can read them. */
function commandLines(): string {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const read = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return pids.map(read).join('\n');
}

describe('a camera is played', () => {
  test.each([
    [undefined, 'tcp'],
    ['basic', 'tcp'],
    ['digest', 'tcp'],
    ['digest', 'udp'],
  ] as const)('with password %s over %s', async (scheme, transport) => {
    const auth = scheme && { scheme, ...login };
    const server = await serve({ mounts: { '/live/main': 'h264' }, ...(auth ? { auth } : {}) });
    const input = await open({ url: server.url('/live/main', auth), transport });
    const run = new Run(input, '-t', '1');
    await run.end();
    expect(run.ended).toBe(0);
    expect(run.packets(0)).toBeGreaterThanOrEqual(25);
    expect(run.packets(1)).toBeGreaterThan(20);
    expect(run.words).toMatch(/Video: h264 \(Constrained Baseline\).* 640x360/);
    expect(input.problem?.()).toBeUndefined();
    expect(input.loss().lost).toBe(0);
    if (transport === 'tcp') expect(input.loss().received).toBeGreaterThan(50);
  });

  test('without its sound where that is not wanted', async () => {
    const server = await serve({ mounts: { '/a': 'h264-pcmu' } });
    const run = new Run(await open({ url: server.url('/a'), audio: false }), '-t', '0.5');
    await run.end();
    expect(run.packets(0)).toBeGreaterThan(5);
    expect(run.words).not.toContain('Audio:');
  });

  test('by several programs, one after the other', async () => {
    const server = await serve({ mounts: { '/a': 'mjpeg' }, auth: { scheme: 'digest', ...login } });
    const input = await open({ url: server.url('/a'), ...login });
    for (let count = 0; count < 3; count += 1) {
      const run = new Run(input, '-t', '0.2');
      await run.end();
      expect([run.ended, run.packets(0) > 0]).toEqual([0, true]);
    }
  });
});

test('no secret is in a command line or in what FFmpeg writes', async () => {
  const auth = { scheme: 'basic', username: 'admin', password: 'Passw0rd-of-camera' } as const;
  const server = await serve({ mounts: { '/a': 'h264' }, auth });
  const input = await open({ url: server.url('/a', auth) });
  const run = new Run(input, '-v', 'trace');
  await waitFor('packets', () => run.packets(0) > 0);
  const lines = commandLines();
  expect(lines).toContain(input.args.at(-1));
  await run.stop();
  expect(run.words).toContain('DESCRIBE');
  expect(input.secrets).toContain(auth.password);
  for (const secret of [
    ...input.secrets,
    auth.password,
    Buffer.from(`admin:${auth.password}`).toString('base64'),
  ]) {
    expect(lines.includes(secret)).toBe(false);
    expect(run.words.includes(secret)).toBe(false);
  }
  expect(input.args.join(' ')).not.toContain(`:${server.port}`);
});

describe('a camera that goes', () => {
  test('in mid-stream ends FFmpeg, and can be opened again when it is back', async () => {
    const mounts = { '/a': 'h264' } as const;
    const server = await serve({ mounts });
    const source = opener({ url: server.url('/a') });
    const input = await source.open(never);
    closing.push(() => input.close());
    const run = new Run(input);
    await waitFor('packets', () => run.packets(0) > 5);
    await server.kill();
    await run.end();
    expect(input.problem?.()).toMatchObject({ final: false, reason: expect.stringContaining('broke off') });
    input.close();
    await expect(source.open(never)).rejects.toMatchObject({
      final: false,
      message: expect.stringContaining('connection refused'),
    });
    await serve({ mounts, port: server.port });
    const again = await source.open(never);
    closing.push(() => again.close());
    const second = new Run(again, '-t', '0.5');
    await second.end();
    expect(second.packets(0)).toBeGreaterThan(5);
  });

  test('silent has timed out, whether it listens still or not at all', async () => {
    const server = await serve({ mounts: { '/a': 'h264' } });
    server.freeze();
    const source = opener({ url: server.url('/a'), timeoutSeconds: 1 });
    const input = await source.open(never);
    closing.push(() => input.close());
    const run = new Run(input);
    await run.end();
    expect(input.problem?.()?.reason).toContain('did not answer OPTIONS within 1 s');
    // It accepts nothing: when its queue is full the kernel leaves out further ones.
    const crowd: Socket[] = [];
    closing.push(() => {
      for (const socket of crowd) socket.destroy();
    });
    const error = await waitFor('the queue to be full', async () => {
      crowd.push(connect(server.port, '127.0.0.1').on('error', () => {}));
      try {
        const next = await source.open(never);
        closing.push(() => next.close());
        return undefined;
      } catch (reason) {
        return reason;
      }
    });
    expect(error).toMatchObject({ final: false, message: expect.stringContaining('within 1 s (timed out)') });
  });

  test('while FFmpeg is killed leaves nothing behind', async () => {
    const server = await serve({ mounts: { '/a': 'h264' } });
    const input = await open({ url: server.url('/a') });
    const run = new Run(input);
    await waitFor('packets', () => run.packets(0) > 0);
    const pid = run.child.pid ?? 0;
    await run.stop();
    expect(isAlive(pid)).toBe(false);
    input.close();
    input.close();
    const next = new Run(await open({ url: server.url('/a') }), '-t', '0.2');
    await next.end();
    expect(next.ended).toBe(0);
  });
});

describe('why not is said in words', () => {
  test.each([
    ['a wrong password', '/a', { ...login, password: 'wrong one' }, 'refuses the user name or password'],
    ['no password', '/a', {}, 'asks for a user name and password'],
    [
      'no such path',
      '/b?password=hunter2',
      login,
      'no such stream (404): check the path in rtsp://127.0.0.1',
    ],
  ])('%s', async (_, path, credentials, words) => {
    const server = await serve({ mounts: { '/a': 'h264' }, auth: { scheme: 'digest', ...login } });
    const input = await open({ url: server.url(path), ...credentials });
    const run = new Run(input);
    await run.end();
    expect(run.ended).not.toBe(0);
    expect(input.problem?.()).toMatchObject({ final: false, reason: expect.stringContaining(words) });
    expect(input.problem?.()?.reason).not.toMatch(/hunter2|wrong one|w\/rd/);
  });

  test.each([
    ['rtsp://127.0.0.1/a', 'sources.allowLocalAddresses: true', true],
    ['rtsp://0x7f.1:80/a', '0x7f.1 (127.0.0.1) is this server itself', true],
    ['rtsp://[::ffff:7f00:1]/a', 'this server itself', true],
    ['rtsp://169.254.169.254/latest', 'cloud metadata', true],
    ['rtsp://0.0.0.0/a', 'no address of a single machine', true],
    ['rtsp://camera.invalid/a', 'The name camera.invalid was not found', false],
    ['rtsp://u:p@/a', 'names no host', true],
  ])('%s', async (url, words, final) => {
    await expect(opener({ url }, false).open(never)).rejects.toMatchObject({
      name: 'InputError',
      final,
      message: expect.stringContaining(words),
    });
  });

  test('a redirect to this machine is not followed', async () => {
    const target = await openRawCamera({});
    const camera = await openRawCamera({
      onRequest: (request) => {
        if (request.method === 'OPTIONS') request.answer('200 OK');
        else request.answer('302 Found', [['Location', `rtsp://127.0.0.1:${target.port}/x`]]);
      },
    });
    closing.push(
      () => camera.close(),
      () => target.close(),
    );
    const input = await open({ url: `rtsp://127.0.0.1:${camera.port}/a` });
    const run = new Run(input);
    await run.end();
    expect(input.problem?.()?.reason).toContain('sends us elsewhere');
    expect(target.requests).toEqual([]);
  });

  test('addresses within the description lead nowhere else', async () => {
    const target = await openRawCamera({});
    const elsewhere = `rtsp://127.0.0.1:${target.port}`;
    const camera = await openRawCamera({
      onRequest: (request) => {
        const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=control:${elsewhere}/all\r\nm=video ${target.port} RTP/AVP 26\r\na=control:${elsewhere}/video\r\n`;
        const headers = {
          DESCRIBE: [
            ['Content-Type', 'application/sdp'],
            ['Content-Base', `${elsewhere}/base/`],
          ],
          SETUP: [
            ['Session', '1'],
            ['Transport', `RTP/AVP/TCP;unicast;interleaved=0-1;source=127.0.0.1`],
          ],
        } as const;
        const { method } = request;
        if (method === 'DESCRIBE') request.answer('200 OK', headers.DESCRIBE, sdp);
        else request.answer('200 OK', method === 'SETUP' ? headers.SETUP : [['Session', '1']]);
      },
    });
    closing.push(
      () => camera.close(),
      () => target.close(),
    );
    const run = new Run(await open({ url: `rtsp://127.0.0.1:${camera.port}/a` }));
    await waitFor('PLAY', () => camera.requests.some(({ method }) => method === 'PLAY'));
    await run.stop();
    const asked = camera.requests.map(({ method, uri }) => `${method} ${uri}`);
    expect(asked).toEqual(expect.arrayContaining([`SETUP ${elsewhere}/video`, `PLAY ${elsewhere}/all`]));
    await waitFor('the farewell', () => camera.requests.some(({ method }) => method === 'TEARDOWN'));
    expect(target.requests).toEqual([]);
  });
});

test('it gives up when told, or closed', async () => {
  const server = await serve({ mounts: { '/a': 'h264' } });
  const source = opener({ url: server.url('/a') });
  await expect(source.open(AbortSignal.abort())).rejects.toThrow(InputError);
  source.close();
  source.close();
  await expect(source.open(never)).rejects.toThrow('stopped');
});
