import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OpenInput } from '../input.ts';
import { startRtspServer } from '../test-support/rtsp-server.ts';
import { type Depth, examine } from './examine.ts';
import { BASELINE, media, mediaFolder, moving, tone } from './test-media.ts';

function input(...args: readonly string[]): OpenInput {
  return { args, secrets: [], close: () => {} };
}

const look = (path: string, depth: Depth = 'thorough') =>
  examine(input('-i', path), { depth, limitMs: 60_000 });

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'];

test('H264 baseline with AAC in MP4', async () => {
  const file = await media('base.mp4', ...moving(4), ...tone(4), ...BASELINE, '-c:a', 'aac');
  const { format, duration, video, audio, streams } = await look(file);
  expect(format).toContain('mp4');
  expect(duration).toBeCloseTo(4, 1);
  expect(video).toMatchObject({
    codec: 'h264',
    profile: 'Constrained Baseline',
    width: 320,
    height: 180,
    pixelFormat: 'yuv420p',
    frameRate: 25,
    bFrames: false,
    interlaced: false,
    keyFrameSeconds: 1,
    variableFrameRate: false,
    rotation: 0,
    pixelAspect: 1,
    timing: { missing: 0, backwards: 0, jumps: 0 },
  });
  expect(video?.bitrate).toBeGreaterThan(10_000);
  expect(audio).toMatchObject({ codec: 'aac', profile: 'LC', sampleRate: 48_000, channels: 1 });
  expect(Math.abs(audio?.timing.drift ?? 1)).toBeLessThan(0.01);
  expect(streams.map(({ kind }) => kind)).toEqual(['video', 'audio']);
});

test.each([
  ['b.mp4', [...x264, '-profile:v', 'main', '-bf', '2'], { codec: 'h264', profile: 'Main', bFrames: true }],
  ['b.ts', [...x264, '-profile:v', 'main', '-bf', '2'], { bFrames: true }],
  ['422.mp4', [...x264, '-pix_fmt', 'yuv422p'], { profile: 'High 4:2:2', pixelFormat: 'yuv422p' }],
  ['10.mp4', [...x264, '-pix_fmt', 'yuv420p10le'], { profile: 'High 10', pixelFormat: 'yuv420p10le' }],
  ['fields.ts', [...x264, '-flags', '+ildct+ilme', '-x264-params', 'tff=1'], { interlaced: true }],
  [
    'hevc.mp4',
    ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
    { codec: 'hevc' },
  ],
  ['mpeg2.ts', ['-c:v', 'mpeg2video'], { codec: 'mpeg2video' }],
  ['mjpeg.avi', ['-c:v', 'mjpeg'], { codec: 'mjpeg', pixelFormat: 'yuvj420p' }],
  [
    'vp8.webm',
    ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
    { codec: 'vp8', bFrames: false },
  ],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'], { codec: 'vp9' }],
  ['av1.mp4', ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'], { codec: 'av1' }],
  ['flat.mp4', [...x264, '-vf', 'setsar=4/3'], { pixelAspect: 4 / 3 }],
  ['long.mkv', [...x264, '-g', '500', '-bf', '0'], { keyFrameSeconds: expect.closeTo(2.96, 1) }],
])('%s', async (name, encode, expected) => {
  const file = await media(name, ...moving(3), ...encode);
  expect((await look(file)).video).toMatchObject({ width: 320, height: 180, frameRate: 25, ...expected });
});

test.each([
  ['opus.webm', ['-c:a', 'libopus'], { codec: 'opus', sampleRate: 48_000, channels: 1 }],
  ['mulaw.mov', ['-c:a', 'pcm_mulaw', '-ar', '8000'], { codec: 'pcm_mulaw', sampleRate: 8000, channels: 1 }],
  ['sound.mp3', ['-c:a', 'libmp3lame'], { codec: 'mp3' }],
  ['ac3.ts', ['-c:a', 'ac3', '-ac', '6'], { codec: 'ac3', channels: 6 }],
])('%s', async (name, encode, expected) => {
  const file = await media(name, ...tone(2), ...encode);
  const { video, audio } = await look(file);
  expect(video).toBeUndefined();
  expect(audio).toMatchObject(expected);
});

test('the cover of a piece of music is no video', async () => {
  const cover = [
    '-map',
    '0:a',
    '-map',
    '1:v',
    '-frames:v',
    '1',
    '-c:v',
    'mjpeg',
    '-disposition:v',
    'attached_pic',
  ];
  const file = await media('cover.m4a', ...tone(1), ...moving(1), ...cover, '-c:a', 'aac', '-f', 'mp4');
  expect((await look(file)).streams.map(({ kind }) => kind)).toEqual(['audio']);
});

test('timestamps that go back, jump and are missing', async () => {
  const base = await media('clock.mkv', ...moving(4), ...BASELINE);
  const bsf = (expression: string) => ['-i', base, '-c', 'copy', '-bsf:v', `setts=ts='${expression}'`];
  const jump = await media('jump.mkv', ...bsf('if(gte(N,50),TS+2/TB,TS)'));
  expect((await look(jump)).video?.timing).toMatchObject({ jumps: 1, backwards: 0 });

  const first = await media('first.ts', '-i', base, '-c', 'copy', '-t', '2', '-output_ts_offset', '10');
  const second = await media('second.ts', '-i', base, '-c', 'copy', '-t', '2');
  const back = join(mediaFolder(), 'back.ts');
  await writeFile(back, Buffer.concat([await readFile(first), await readFile(second)]));
  expect((await look(back)).video?.timing.backwards).toBeGreaterThan(0);

  const bare = await media('bare.h264', '-i', base, '-c', 'copy', '-bsf:v', 'h264_mp4toannexb');
  expect((await look(bare)).video?.timing.missing).toBeGreaterThan(50);
});

test('a rate that changes from frame to frame', async () => {
  const file = await media(
    'variable.mkv',
    ...moving(4),
    '-vf',
    `select='mod(n,3)',select='lt(mod(n,10),5)'`,
    ...['-fps_mode', 'vfr'],
    ...BASELINE,
  );
  expect((await look(file)).video?.variableFrameRate).toBe(true);
});

test('what comes by standard input is known by its sample', async () => {
  const file = await media('sample.flv', ...moving(3), ...tone(3), ...BASELINE, '-c:a', 'aac');
  const begin = (await readFile(file)).subarray(0, 40_000);
  const open: OpenInput = { ...input('-f', 'flv', '-i', 'pipe:0'), sample: async () => begin };
  const { video, audio } = await examine(open, { depth: 'quick' });
  expect(video).toMatchObject({ codec: 'h264', width: 320 });
  expect(audio?.codec).toBe('aac');
});

test("options of the program ffmpeg do not disturb ffprobe, and a script's secrets stay in it", async () => {
  const file = await media('options.mkv', ...moving(2), ...BASELINE);
  const args = [
    '-re',
    '-stream_loop',
    '-1',
    '-ss',
    '0',
    '-protocol_whitelist',
    'file,pipe',
    '-f',
    'concat',
    '-safe',
    '0',
  ];
  const open: OpenInput = {
    ...input(...args, '-i', 'pipe:0'),
    stdin: `ffconcat version 1.0\nfile 'file:${file}'\n`,
  };
  expect((await examine(open, { depth: 'quick' })).video?.codec).toBe('h264');
});

test.each(['h264', 'h264-b-frames', 'h265', 'mjpeg', 'h264-pcmu'] as const)(
  'an RTSP camera: %s',
  async (kind) => {
    const server = await startRtspServer({ mounts: { '/cam': kind } });
    try {
      const open = input('-rtsp_transport', 'tcp', '-i', server.url('/cam'));
      const { format, duration, video, audio } = await examine(open, { depth: 'quick' });
      expect(format).toBe('rtsp');
      expect(duration).toBeUndefined();
      expect(video).toMatchObject({
        codec: kind === 'h265' ? 'hevc' : kind === 'mjpeg' ? 'mjpeg' : 'h264',
        width: 640,
        height: 360,
        frameRate: 25,
      });
      if (kind.startsWith('h264')) expect(video?.bFrames).toBe(kind === 'h264-b-frames');
      expect(audio?.codec).toBe(kind === 'mjpeg' ? undefined : kind === 'h264-pcmu' ? 'pcm_mulaw' : 'aac');
    } finally {
      await server.stop();
    }
  },
);

/** Pictures of a few bytes that say they are 16384 by 16384. */
async function bomb(): Promise<string> {
  const file = await media('small.mjpeg', ...moving(1, '64x64'), '-c:v', 'mjpeg');
  const data = await readFile(file);
  const frameHeader = Buffer.from([0xff, 0xc0, 0x00, 0x11, 0x08]);
  for (let at = data.indexOf(frameHeader); at >= 0; at = data.indexOf(frameHeader, at + 1)) {
    data.writeUInt16BE(16_384, at + 5);
    data.writeUInt16BE(16_384, at + 7);
  }
  const path = join(mediaFolder(), 'bomb.mjpeg');
  await writeFile(path, data);
  return path;
}

test('what is no video, or too much of one, is refused in words', async () => {
  const whole = await media('whole.mp4', ...moving(1), ...BASELINE);
  const folder = mediaFolder();
  await writeFile(join(folder, 'text.mp4'), 'This is a text, whatever its name says.\n'.repeat(50));
  await writeFile(join(folder, 'cut.mp4'), (await readFile(whole)).subarray(0, 5000));
  await writeFile(join(folder, 'subtitle.srt'), '1\n00:00:00,000 --> 00:00:02,000\nHello\n');
  const refused = async (path: string) =>
    look(path).then(
      () => undefined,
      ({ name, message, final }) => ({ name, message, final }),
    );
  const name = 'InputError';
  expect(await refused(join(folder, 'text.mp4'))).toMatchObject({ name, final: true });
  expect(await refused(join(folder, 'cut.mp4'))).toMatchObject({
    message: expect.stringContaining('incomplete'),
    final: true,
  });
  expect(await refused(join(folder, 'subtitle.srt'))).toMatchObject({
    message: expect.stringContaining('neither picture nor sound'),
  });
  const large = await media('large.avi', ...moving(1, '9000x5000', '1'), '-c:v', 'mjpeg', '-q:v', '31');
  for (const path of [await bomb(), large]) {
    expect(await refused(path)).toMatchObject({
      message: expect.stringContaining('more pixels than is allowed'),
      final: true,
    });
  }
});

test('a header that never ends, and a server that never answers, end in time', async () => {
  const sockets = new Set<Socket>();
  const endless = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const line = Buffer.from(`X-Header: ${'x'.repeat(1000)}\r\n`.repeat(50));
    const send = () => {
      while (!socket.destroyed && socket.write(line));
    };
    socket.on('drain', send).on('close', () => sockets.delete(socket));
    socket.write('RTSP/1.0 200 OK\r\n');
    send();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const address = endless.address();
  const port = typeof address === 'object' ? address?.port : 0;
  try {
    const open = input('-rtsp_transport', 'tcp', '-i', `rtsp://127.0.0.1:${port}/cam`);
    await expect(examine(open, { depth: 'quick', limitMs: 1500 })).rejects.toThrow('not known after');
  } finally {
    for (const socket of sockets) socket.destroy();
    endless.close();
  }
  const never: OpenInput = { ...input('-i', 'pipe:0'), sample: () => new Promise(() => {}) };
  await expect(examine(never, { depth: 'quick', limitMs: 200 })).rejects.toThrow('not known after');
});

test('it gives up when told to, and lets the input say why', async () => {
  const file = await media('give-up.mkv', ...moving(1), ...BASELINE);
  const giveUp = AbortSignal.abort();
  await expect(examine(input('-i', file), { depth: 'quick', giveUp })).rejects.toThrow('stopped');
  const problem = () => ({ reason: 'The encoder has another key', final: false });
  await expect(examine({ ...input('-i', '/none'), problem }, { depth: 'quick' })).rejects.toThrow(
    'another key',
  );
});
