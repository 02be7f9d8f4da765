import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import {
  openRawCamera,
  type RawCamera,
  type RawCameraOptions,
  type RawRequest,
} from '../test-support/raw-camera.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { connectCamera } from './camera-connection.ts';
import { parseCameraUrl } from './camera-url.ts';
import { formatMessage, type RtspMessage, readStatus } from './message.ts';
import { RtspGate } from './rtsp-gate.ts';
import { RtspSplitter } from './splitter.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  // Last opened, first closed: servers wait for their connections.
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function openCamera(options: RawCameraOptions = {}): Promise<RawCamera> {
  const camera = await openRawCamera(options);
  opened.push(camera);
  return camera;
}

interface GateSettings {
  readonly path?: string;
  readonly login?: string;
  readonly tls?: boolean;
  readonly timeoutMs?: number;
}

async function openGate({ port }: { port: number }, settings: GateSettings = {}): Promise<RtspGate> {
  const { path = '/live', login = 'admin:secret@', tls = false, timeoutMs = 20_000 } = settings;
  const url = `rtsp${tls ? 's' : ''}://${login}127.0.0.1:${port}${path}`;
  const camera = parseCameraUrl({ type: 'rtsp', url });
  const address = { address: '127.0.0.1', family: 4 } as const;
  const giveUp = new AbortController().signal;
  const connected = await connectCamera({ camera, to: address, timeoutMs, giveUp });
  const gate = await RtspGate.open({ camera, address, timeoutMs, connected });
  opened.push(gate);
  return gate;
}

/** In FFmpeg's place. */
class Client {
  readonly socket: Socket;
  readonly messages: RtspMessage[] = [];
  readonly pieces: Buffer[] = [];
  isClosed = false;
  #cseq = 100;

  static async open(gate: RtspGate): Promise<Client> {
    const socket = connect(Number(new URL(gate.url).port), '127.0.0.1');
    const client = new Client(socket);
    opened.push(client);
    await once(socket, 'connect');
    return client;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    const splitter = new RtspSplitter({
      onFrames: (bytes) => this.pieces.push(Buffer.from(bytes)),
      onMessage: (message) => this.messages.push(message),
    });
    socket.on('data', (chunk: Buffer) => splitter.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  get frames(): Buffer {
    return Buffer.concat(this.pieces);
  }

  send(method: string, uri: string, headers: readonly (readonly [string, string])[] = []): void {
    this.#cseq += 1;
    this.socket.write(formatMessage(`${method} ${uri} RTSP/1.0`, [['CSeq', `${this.#cseq}`], ...headers]));
  }

  /** Sends a request and waits for the answer. */
  async ask(
    method: string,
    uri: string,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<RtspMessage> {
    const before = this.messages.length;
    this.send(method, uri, headers);
    return await waitFor('an answer', () => this.messages[before]);
  }

  close(): void {
    this.socket.destroy();
  }
}

const ok = (request: RawRequest) => request.answer('200 OK');
const statusOf = (message: RtspMessage | undefined) => message && readStatus(message)?.status;

function frame(channel: number, sequence: number, length = 100): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(8), randomBytes(length)]);
  bytes.write('$');
  bytes[1] = channel;
  bytes.writeUInt16BE(length + 4, 2);
  bytes[4] = 0x80;
  bytes[5] = 96;
  bytes.writeUInt16BE(sequence, 6);
  return bytes;
}

describe('requests', () => {
  test('name the camera, and keep what FFmpeg asks for', async () => {
    const camera = await openCamera({
      onRequest: (request) =>
        request.answer(
          '200 OK',
          [
            ['Content-Base', 'rtsp://other/x/'],
            ['Location', 'rtsp://evil/'],
            ['Server', 'WMServer/9'],
          ],
          'v=0',
        ),
    });
    const gate = await openGate(camera, { path: '/live?channel=1' });
    const client = await Client.open(gate);
    const answer = await client.ask('DESCRIBE', gate.url, [
      ['Accept', 'application/sdp'],
      ['Authorization', 'Basic x'],
    ]);
    expect(answer.headers).toEqual([
      ['CSeq', '101'],
      ['Content-Base', 'rtsp://other/x/'],
      ['Content-Length', '3'],
    ]);
    expect(answer.body.toString()).toBe('v=0');
    await client.ask('SETUP', `${gate.url}/track1`);
    await client.ask('SETUP', 'rtsp://other/x/track2');
    const base = `rtsp://127.0.0.1:${camera.port}/live?channel=1`;
    expect(camera.requests.map(({ method, uri }) => [method, uri])).toEqual([
      ['DESCRIBE', base],
      ['SETUP', `${base}/track1`],
      ['SETUP', 'rtsp://other/x/track2'],
    ]);
    expect(camera.requests[0]?.header('Accept')).toBe('application/sdp');
    expect(camera.requests[0]?.header('Authorization')).toBeUndefined();
    expect(camera.sockets.size).toBe(1);
  });

  test('of the camera are answered here', async () => {
    const camera = await openCamera({
      onRequest: (request) => {
        if (!request.message.startLine.startsWith('RTSP/')) {
          request.socket.write(
            'GET_PARAMETER rtsp://x/ RTSP/1.0\r\nCSeq: 9\r\n\r\nANNOUNCE rtsp://x/ RTSP/1.0\r\nCSeq: 10\r\n\r\n',
          );
          ok(request);
        }
      },
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    await client.ask('OPTIONS', gate.url);
    await waitFor('the answers', () => camera.requests.length === 3);
    expect(
      camera.requests.slice(1).map(({ message, header }) => [message.startLine, header('CSeq')]),
    ).toEqual([
      ['RTSP/1.0 200 OK', '9'],
      ['RTSP/1.0 501 Not Implemented', '10'],
    ]);
    expect(client.messages).toHaveLength(1);
  });
});

describe('clients', () => {
  test('without the token are sent away, and more than one at a time', async () => {
    const camera = await openCamera({ onRequest: ok });
    const gate = await openGate(camera);
    for (const send of [
      'OPTIONS rtsp://127.0.0.1/ RTSP/1.0\r\n\r\n',
      `OPTIONS ${gate.url.slice(0, -1)} RTSP/1.0\r\n\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
      '$\0\0\x01a',
    ]) {
      const stranger = await Client.open(gate);
      stranger.socket.write(send);
      await waitFor('the stranger to be sent away', () => stranger.isClosed);
    }
    const client = await Client.open(gate);
    await client.ask('OPTIONS', gate.url);
    const second = await Client.open(gate);
    second.send('OPTIONS', gate.url);
    await waitFor('the second to be sent away', () => second.isClosed);
    expect(statusOf(await client.ask('OPTIONS', gate.url))).toBe(200);
    expect(camera.requests).toHaveLength(2);
    client.close();
    await waitFor('the end at the camera', () => camera.sockets.size === 0);
    const next = await Client.open(gate);
    expect(statusOf(await next.ask('OPTIONS', gate.url))).toBe(200);
    expect(gate.problem).toBeUndefined();
  });

  test.skipIf(process.getuid?.() !== 0)('of other users are sent away (needs root)', async () => {
    const camera = await openCamera({ onRequest: ok });
    const gate = await openGate(camera);
    // What they can read in FFmpeg's command line.
    const script =
      'exec 3<>/dev/tcp/127.0.0.1/$0; printf "OPTIONS %s RTSP/1.0\\r\\nCSeq: 1\\r\\n\\r\\n" "$1" >&3; cat <&3';
    const as = (user: number) =>
      promisify(execFile)('setpriv', [
        ...[`--reuid=${user}`, '--clear-groups', 'timeout', '2', 'bash', '-c', script],
        ...[new URL(gate.url).port, gate.url],
      ]).catch((error: { stdout: string }) => error);
    expect((await as(65_534)).stdout).toBe('');
    expect(camera.requests).toEqual([]);
    expect((await as(0)).stdout).toContain('RTSP/1.0 200 OK');
  });

  test('in crowds do not keep the right one out', async () => {
    const camera = await openCamera({ onRequest: ok });
    const gate = await openGate(camera);
    const crowd = await Promise.all(Array.from({ length: 20 }, () => Client.open(gate)));
    await waitFor('most to be sent away', () => crowd.filter(({ isClosed }) => isClosed).length === 16);
    for (const each of crowd) each.close();
    const client = await waitFor('a place', async () => {
      const each = await Client.open(gate);
      each.send('OPTIONS', gate.url);
      await waitFor('an answer or the end', () => each.isClosed || each.messages.length > 0);
      return each.messages.length > 0 ? each : undefined;
    });
    expect(statusOf(client.messages[0])).toBe(200);
  });

  test('that are killed are torn down at the camera', async () => {
    const camera = await openCamera({
      onRequest: (request) => request.answer('200 OK', [['Session', '77;timeout=60']]),
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    await client.ask('SETUP', `${gate.url}/1`);
    client.socket.resetAndDestroy();
    await waitFor('the end at the camera', () => camera.sockets.size === 0);
    const last = camera.requests.at(-1);
    expect([last?.method, last?.uri, last?.header('Session')]).toEqual([
      'TEARDOWN',
      `rtsp://127.0.0.1:${camera.port}/live`,
      '77',
    ]);
    gate.close();
    gate.close();
    await expect(Client.open(gate)).rejects.toThrow('ECONNREFUSED');
  });

  test('get a new connection when the camera has closed the first', async () => {
    const camera = await openCamera({ onRequest: ok });
    const gate = await openGate(camera);
    const first = await waitFor('the first', () => camera.sockets.values().next().value);
    first.destroy();
    await waitFor('its end', () => camera.sockets.size === 0);
    const client = await Client.open(gate);
    expect(statusOf(await client.ask('OPTIONS', gate.url))).toBe(200);
  });
});

describe('frames', () => {
  test('pass unchanged in both directions, and their loss is counted', async () => {
    const first = Buffer.concat([frame(0, 1), frame(2, 5), frame(0, 2, 1), frame(0, 5), frame(1, 9)]);
    const second = Buffer.concat([frame(0, 6), frame(2, 7)]);
    const camera = await openCamera({
      onRequest: (request) => {
        request.socket.write(first);
        ok(request);
        request.socket.write(second);
      },
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    await client.ask('PLAY', gate.url);
    const report = frame(1, 0, 60);
    client.socket.write(report.subarray(0, 7));
    client.socket.write(report.subarray(7));
    await waitFor('the frames', () => client.frames.length === first.length + second.length);
    expect(client.frames).toEqual(Buffer.concat([first, second]));
    await waitFor('the report', () => camera.frames().length === report.length);
    expect(camera.frames()).toEqual(report);
    expect(gate.loss).toEqual({ received: 7, lost: 3 });
  });

  test('wait at the camera while FFmpeg does not read', async () => {
    const all = Buffer.concat(Array.from({ length: 1000 }, (_, index) => frame(0, index, 60_000)));
    const camera = await openCamera({
      onRequest: (request) => {
        ok(request);
        request.socket.write(all);
      },
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    const socket = await waitFor('the connection', () => camera.sockets.values().next().value);
    client.socket.pause();
    client.send('PLAY', gate.url);
    let before = -1;
    // Nothing moves any more, and most of it has not left the camera.
    await waitFor('it to stand still', async () => {
      const left = socket.bytesWritten;
      const isStill = left > 0 && left === before;
      before = left;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return isStill;
    });
    expect(gate.loss.received).toBeLessThan(700);
    client.socket.resume();
    await waitFor(
      'all of it',
      () => client.pieces.reduce((sum, { length }) => sum + length, 0) === all.length,
    );
    const hash = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
    expect(hash(client.frames)).toBe(hash(all));
    expect(gate.loss).toEqual({ received: 1000, lost: 0 });
  });
});

describe('a password', () => {
  const digestOf = (header: string | undefined, method: string, password: string, hash: string) => {
    const value = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(header ?? '')?.[1] ?? '';
    const of = (...parts: string[]) => createHash(hash).update(parts.join(':')).digest('hex');
    const ha1 = of('admin', 'cam', password);
    const ha2 = of(method, value('uri'));
    const middle = value('qop') ? [value('nc'), value('cnonce'), 'auth'] : [];
    return {
      isRight: value('response') === of(ha1, value('nonce'), ...middle, ha2),
      nonce: value('nonce'),
      uri: value('uri'),
    };
  };

  /** Takes digests; a nonce is good for some requests, after which it says that it is stale, or not. */
  function digestCamera(options: {
    hash: string;
    extra: string;
    uses?: number;
    saysStale?: boolean;
    password?: string;
  }) {
    const { hash, extra, uses = Number.POSITIVE_INFINITY, saysStale = true, password = 'secret' } = options;
    let nonce = '';
    let left = 0;
    return (request: RawRequest) => {
      const {
        isRight,
        nonce: used,
        uri,
      } = digestOf(request.header('Authorization'), request.method, password, hash);
      const isFresh = used === nonce && left > 0;
      if (isRight && isFresh && uri === request.uri) {
        left -= 1;
        ok(request);
        return;
      }
      nonce = randomBytes(8).toString('hex');
      left = uses;
      const stale = isRight && saysStale ? ', stale=true' : '';
      request.answer('401 Unauthorized', [
        ['WWW-Authenticate', `Digest realm="cam", nonce="${nonce}"${extra}${stale}`],
      ]);
    };
  }

  test.each([
    ['MD5 without qop', { hash: 'md5', extra: '' }],
    ['MD5 with qop', { hash: 'md5', extra: ', algorithm=MD5, qop="auth"' }],
    ['SHA-256 with qop', { hash: 'sha256', extra: ', algorithm=SHA-256, qop="auth,auth-int"' }],
    ['nonces that run out, and say so', { hash: 'md5', extra: ', qop="auth"', uses: 2 }],
    ['nonces that run out in silence', { hash: 'md5', extra: '', uses: 2, saysStale: false }],
  ])('by digest: %s', async (_, options) => {
    const camera = await openCamera({ onRequest: digestCamera(options) });
    const gate = await openGate(camera, { path: '/live?a=1' });
    const client = await Client.open(gate);
    for (const method of ['OPTIONS', 'DESCRIBE', 'SETUP', 'SETUP', 'PLAY', 'GET_PARAMETER']) {
      const answer = await client.ask(method, `${gate.url}/x`);
      expect([method, statusOf(answer)]).toEqual([method, 200]);
    }
    expect(client.messages.map(({ headers }) => headers[0])).toEqual(
      [101, 102, 103, 104, 105, 106].map((cseq) => ['CSeq', `${cseq}`]),
    );
    expect(gate.problem).toBeUndefined();
  });

  test('by Basic, which is sent only when asked for', async () => {
    const camera = await openCamera({
      onRequest: (request) =>
        request.header('Authorization') === 'Basic YWRtaW46c2VjcmV0'
          ? ok(request)
          : request.answer('401 Unauthorized', [['WWW-Authenticate', 'Basic realm="cam"']]),
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    expect(statusOf(await client.ask('DESCRIBE', gate.url))).toBe(200);
    expect(statusOf(await client.ask('SETUP', gate.url))).toBe(200);
    expect(camera.requests).toHaveLength(3);
  });

  test('that is wrong is tried once, lest the camera locks the user out', async () => {
    const camera = await openCamera({
      onRequest: digestCamera({ hash: 'md5', extra: '', password: 'other' }),
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    const answer = await client.ask('DESCRIBE', gate.url);
    expect(statusOf(answer)).toBe(401);
    expect(answer.headers.map(([name]) => name)).toEqual(['CSeq']);
    expect(camera.requests).toHaveLength(2);
    expect(gate.problem).toMatchObject({
      final: false,
      reason: expect.stringContaining('refuses the user name or password'),
    });
  });

  test('that the camera never gets enough of is tried within bounds', async () => {
    let nonce = 0;
    const camera = await openCamera({
      onRequest: (request) => {
        nonce += 1;
        request.answer('401 Unauthorized', [
          ['WWW-Authenticate', `Digest realm="cam", nonce="${nonce}", stale=true`],
        ]);
      },
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    expect(statusOf(await client.ask('DESCRIBE', gate.url))).toBe(401);
    expect(camera.requests).toHaveLength(3);
  });

  test('that is missing is asked for', async () => {
    const camera = await openCamera({
      onRequest: (request) => request.answer('401 Unauthorized', [['WWW-Authenticate', 'Basic realm="cam"']]),
    });
    const gate = await openGate(camera, { login: '' });
    const client = await Client.open(gate);
    expect(statusOf(await client.ask('DESCRIBE', gate.url))).toBe(401);
    expect(gate.problem?.reason).toContain('asks for a user name and password');
    expect(camera.requests).toHaveLength(1);
  });
});

describe('what is wrong is said in words', () => {
  test.each([
    ['403 Forbidden', 'does not let this user view'],
    ['404 Not Found', 'no such stream (404): check the path in rtsp://127.0.0.1'],
    ['454 Session Not Found', 'no such stream'],
    ['453 Not Enough Bandwidth', 'no further client'],
    ['503 Service Unavailable', 'no further client'],
    ['461 Unsupported Transport', 'set transport'],
    ['500 Oh\x07 no', 'answered SETUP with 500 Oh no'],
  ])('%s', async (status, words) => {
    const camera = await openCamera({ onRequest: (request) => request.answer(status) });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    expect(statusOf(await client.ask('SETUP', gate.url))).toBe(Number(status.slice(0, 3)));
    expect(gate.problem).toMatchObject({ final: false, reason: expect.stringContaining(words) });
    expect(gate.problem?.reason).not.toContain('secret');
  });

  test('a request that keeps alive may fail, or stay without an answer', async () => {
    const camera = await openCamera({
      onRequest: (request) => {
        if (request.method === 'GET_PARAMETER') request.answer('454 Session Not Found');
        else if (request.method !== 'SET_PARAMETER') ok(request);
      },
    });
    const gate = await openGate(camera, { timeoutMs: 1000 });
    const client = await Client.open(gate);
    await client.ask('PLAY', gate.url);
    for (let count = 0; count < 50; count += 1) client.send('SET_PARAMETER', gate.url);
    expect(statusOf(await client.ask('GET_PARAMETER', gate.url))).toBe(454);
    expect(gate.problem).toBeUndefined();
  });

  test.each([
    ['302 Moved', 'rtsp://127.0.0.1:22/x'],
    ['301 Moved', 'rtsp://admin:topsecret@169.254.169.254/x?token=topsecret'],
    ['305 Use Proxy', undefined],
  ])('a redirect (%s to %s) is not followed', async (status, location) => {
    const camera = await openCamera({
      onRequest: (request) => request.answer(status, location === undefined ? [] : [['Location', location]]),
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    client.send('DESCRIBE', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(client.messages).toEqual([]);
    expect(gate.problem).toMatchObject({
      final: false,
      reason: expect.stringContaining('sends us elsewhere'),
    });
    expect(gate.problem?.reason).not.toContain('topsecret');
  });

  test('a REDIRECT request is none either', async () => {
    const camera = await openCamera({
      onRequest: (request) =>
        request.socket.write(
          'REDIRECT rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:1/\r\n\r\n',
        ),
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    client.send('OPTIONS', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(gate.problem?.reason).toContain('sends us elsewhere: rtsp://127.0.0.1:1/');
  });

  test.each([
    ['an answer of HTTP', 'HTTP/1.1 200 OK\r\n\r\n', 'web page'],
    ['a banner', 'SSH-2.0-OpenSSH_9.2\r\n', 'no RTSP server'],
    ['a TLS alert', '\x15\x03\x01\0\x02\x02\x28', 'rtsps://'],
    [
      'a huge body',
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4000000000\r\n\r\n',
      'a body of 4000000000 bytes',
    ],
    ['a status line that is none', 'RTSP/1.0 OK\r\n\r\n', 'no RTSP server'],
  ])('%s is final', async (_, bytes, words) => {
    const camera = await openCamera({ onRequest: ({ socket }) => socket.write(bytes, 'latin1') });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    client.send('OPTIONS', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(gate.problem).toMatchObject({ final: true, reason: expect.stringContaining(words) });
    await waitFor('the end at the camera', () => camera.sockets.size === 0);
  });

  test('a header without an end is final', async () => {
    const camera = await openCamera({
      onRequest: ({ socket }) => {
        socket.write('RTSP/1.0 200 OK\r\n');
        const more = () =>
          socket.writable && socket.write(Buffer.alloc(16_384, 'X-Filler: a\r\n'), () => setImmediate(more));
        more();
      },
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    client.send('OPTIONS', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(gate.problem).toMatchObject({
      final: true,
      reason: expect.stringContaining('header longer than'),
    });
  });

  test('garbage of a camera that has spoken RTSP is told apart', async () => {
    const camera = await openCamera({
      onRequest: (request) => {
        ok(request);
        request.socket.write(frame(0, 1).subarray(4));
      },
    });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    client.send('PLAY', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(gate.problem).toMatchObject({
      final: true,
      reason: expect.stringContaining('broke the rules of RTSP'),
    });
  });

  test.each([
    ['says nothing', () => {}],
    [
      'says it a letter at a time',
      ({ socket }: RawRequest) => {
        const timer = setInterval(() => socket.write('R'), 200);
        socket.write('RTSP/1.0 200 OK\r\nX: ');
        socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'says only that it is busy',
      ({ socket }: RawRequest) => {
        const timer = setInterval(() => socket.write('RTSP/1.0 100 Continue\r\nCSeq: 1\r\n\r\n'), 200);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('a camera that %s has timed out', async (_, onRequest) => {
    const camera = await openCamera({ onRequest });
    const gate = await openGate(camera, { timeoutMs: 1000 });
    const client = await Client.open(gate);
    client.send('OPTIONS', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(gate.problem).toMatchObject({
      final: false,
      reason: expect.stringContaining('did not answer OPTIONS within 1 s'),
    });
  });

  test('a camera that goes has gone', async () => {
    const camera = await openCamera({ onRequest: ({ socket }) => socket.resetAndDestroy() });
    const gate = await openGate(camera);
    const client = await Client.open(gate);
    client.send('OPTIONS', gate.url);
    await waitFor('the end', () => client.isClosed);
    expect(gate.problem).toMatchObject({ final: false, reason: expect.stringContaining('broke off') });
    await camera.close();
    const next = await Client.open(gate);
    next.send('OPTIONS', gate.url);
    await waitFor('the end', () => next.isClosed);
    expect(gate.problem?.reason).toContain('connection refused');
  });
});

describe('TLS', () => {
  test('is spoken with cameras that sign their certificates themselves', async () => {
    const made = execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '30',
        ],
        ...['-subj', '/CN=camera', '-keyout', '-', '-out', '-'],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const server = createTlsServer({ key: made, cert: made });
    const camera = await openCamera({ server, event: 'secureConnection', onRequest: ok });
    const gate = await openGate(camera, { tls: true });
    const client = await Client.open(gate);
    expect(statusOf(await client.ask('OPTIONS', gate.url))).toBe(200);
    expect(camera.requests[0]?.uri).toBe(`rtsps://127.0.0.1:${camera.port}/live`);
  });

  test('that is not spoken at that port is said', async () => {
    const camera = await openCamera({
      onConnection: (socket) => {
        socket.removeAllListeners('data');
        socket.once('data', () => socket.write('RTSP/1.0 400 Bad Request\r\n\r\n'));
      },
    });
    await expect(openGate(camera, { tls: true })).rejects.toMatchObject({
      final: false,
      message: expect.stringContaining('use rtsp:// instead'),
    });
    const silent = await openCamera({ onConnection: (socket) => socket.removeAllListeners('data').resume() });
    await expect(openGate(silent, { tls: true, timeoutMs: 1000 })).rejects.toThrow('timed out');
  });
});
