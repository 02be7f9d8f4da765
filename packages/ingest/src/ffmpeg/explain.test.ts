import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { media, moving } from '../doctor/test-media.ts';
import { startRtspServer } from '../test-support/rtsp-server.ts';
import { explainFfmpeg } from './explain.ts';
import { readLogLine } from './log-line.ts';

/** What a program says, as a source hears it. */
function words(file: 'ffmpeg' | 'ffprobe', args: readonly string[]): Promise<string[]> {
  const all = ['-hide_banner', '-loglevel', 'repeat+level+warning', ...args];
  return new Promise((resolve) => {
    const options = { timeout: 20_000, env: { ...process.env, AV_LOG_FORCE_NOCOLOR: '1' } };
    execFile(file, all, options, (_error, _stdout, stderr) => {
      const lines = stderr.split('\n').filter((line) => line !== '');
      resolve(lines.map((line) => readLogLine(line).text));
    });
  });
}

/** Lines of FFmpeg 4.4 to 8 that are hard to provoke here, with what must be said of them. */
test.each([
  ['rtsp: method DESCRIBE failed: 403 Forbidden', 'denies access', false],
  ['rtsp: method SETUP failed: 461 Unsupported transport', 'transport', false],
  ['rtsp: method SETUP failed: 453 Not Enough Bandwidth', 'no room', false],
  [
    'in#0: Error opening input: Server returned 401 Unauthorized (authorization failed)',
    'credentials',
    false,
  ],
  ['rtsp://x: Server returned 5XX Server Error reply', 'fault of its own', false],
  ['rtsp://x: Server returned 4XX Client Error, but not one of 40{0,1,3,4}', 'refuses', false],
  ['tcp: Connection to tcp://10.0.0.9:554 failed: Connection timed out', 'in time', false],
  ['tcp: Connection to tcp://10.0.0.9:554 failed: No route to host', 'no way', false],
  ['tcp: Failed to resolve hostname cam: Name or service not known', 'host name', false],
  ['rtsp://x: Operation timed out', 'in time', false],
  ['rtsp: CSeq 6 expected, 0 received.', 'ended the connection', false],
  ['udp: bind failed: Address already in use', 'in use', false],
  ['video4linux2,v4l2: ioctl(VIDIOC_STREAMON): Device or resource busy', 'in use by another', false],
  ['/dev/video0: Device or resource busy', 'in use by another', false],
  ['video4linux2,v4l2: ioctl(VIDIOC_DQBUF): No such device', 'unplugged', false],
  ['video4linux2,v4l2: Cannot open video device /dev/video0: Permission denied', 'groups', true],
  ['alsa: cannot open audio device hw:1,0 (Device or resource busy)', 'in use by another', false],
  ['alsa: cannot open audio device hw:9,0 (No such file or directory)', 'unplugged', false],
  ["Unknown encoder 'libopus'", 'Opus', true],
  ["Unknown encoder 'libx264'", 'libx264', true],
  ['AVHWDeviceContext: No VA display found for device /dev/dri/renderD128.', 'hardware', false],
  ['h264_nvenc: Cannot load libcuda.so.1', 'hardware', false],
  ['h264_nvenc: OpenEncodeSessionEx failed: out of memory (10): (no details)', 'hardware', false],
  ['rtsps://x: TLS: error:0A000086:SSL routines::certificate verify failed', 'TLS', false],
  ['talk.mp4: Permission denied', 'may not read', true],
  ['talks: Is a directory', 'folder', true],
  ['mov: Cannot allocate memory', 'memory', true],
  ['[rtsp] Decoder (codec av1) not found for input stream #0:0', 'cannot decode', true],
])('%s', (line, words, final) => {
  const problem = explainFfmpeg(['something else', line, 'Error opening input files: Input/output error']);
  expect(problem?.reason).toContain(words);
  expect(problem?.final).toBe(final);
});

test('says nothing where it knows nothing', () => {
  expect(explainFfmpeg([])).toBeUndefined();
  expect(explainFfmpeg(['Conversion failed!', 'h264: concealing 40 DC, 40 AC errors'])).toBeUndefined();
});

test('each reason is a sentence or two that fits a report', () => {
  const line = 'rtsp://user:pass@cam/x: Connection refused';
  expect(explainFfmpeg([line])?.reason).not.toContain('pass@');
});

test('what real programs say of files', async () => {
  const whole = await media('whole.mp4', ...moving(1), '-c:v', 'mpeg4');
  const cut = await media('cut.mp4', '-i', whole, '-c', 'copy', '-fs', '3000');
  const said = await Promise.all([
    words('ffprobe', ['/nowhere/talk.mp4']),
    words('ffprobe', ['/']),
    words('ffprobe', ['-f', 'mov', '/dev/null']),
    words('ffmpeg', ['-nostdin', '-max_alloc', '20000', '-i', cut, '-f', 'null', '-']),
    words('ffmpeg', ['-nostdin', '-i', whole, '-map', '0:a:0', '-f', 'null', '-']),
    words('ffprobe', ['-max_pixels', '1000', whole]),
  ]);
  const reasons = said.map((lines) => explainFfmpeg(lines)?.reason.slice(0, 30));
  expect(reasons).toEqual([
    'There is no such file. Check i',
    'It is a folder. Name a file in',
    'The file is incomplete or no v',
    'Decoding it takes more memory ',
    'The input no longer has the st',
    'The picture has more pixels th',
  ]);
});

test('what real programs say of cameras', async () => {
  const auth = { scheme: 'digest', username: 'viewer', password: 'secret' } as const;
  const server = await startRtspServer({ mounts: { '/cam': 'h264' }, auth });
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  try {
    const login = { username: 'viewer', password: 'secret' };
    const said = await Promise.all([
      words('ffprobe', [server.url('/cam')]),
      words('ffprobe', [server.url('/none', login)]),
      words('ffprobe', ['rtsp://127.0.0.1:1/cam']),
      words('ffprobe', ['rtsp://nowhere.invalid/cam']),
      words('ffprobe', ['-timeout', '500000', `rtsp://127.0.0.1:${port}/cam`]),
    ]);
    const reasons = said.map((lines) => explainFfmpeg(lines)?.reason);
    expect(reasons[0]).toContain('401');
    expect(reasons[1]).toContain('404');
    expect(reasons[2]).toContain('refused');
    expect(reasons[3]).toContain('host name');
    expect(reasons[4]).toContain('in time');
  } finally {
    silent.close();
    await server.stop();
  }
});

test('what real programs say of devices and encoders', async () => {
  const picture = ['-nostdin', '-f', 'lavfi', '-i', 'color=s=64x64:d=1'];
  const said = await Promise.all([
    words('ffprobe', ['-f', 'v4l2', '/dev/video99']),
    words('ffmpeg', [...picture, '-c:v', 'libx264', '-profile:v', 'nonsense', '-f', 'null', '-']),
    words('ffmpeg', [...picture, '-c:v', 'libopusx', '-f', 'null', '-']),
  ]);
  const reasons = said.map((lines) => explainFfmpeg(lines)?.reason);
  expect(reasons[0]).toContain('no such device');
  expect(reasons[1]).toContain('refuses the picture');
  expect(reasons[2]).toContain('no Opus encoder');
});
