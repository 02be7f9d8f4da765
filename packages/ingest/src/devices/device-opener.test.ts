import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceSourceConfig } from '@spillway/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examine } from '../doctor/examine.ts';
import { InputError } from '../input.ts';
import { DeviceFeed } from './device-feed.ts';
import { DeviceOpener, deviceInputs } from './device-opener.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'spillway-devices-'));
  await mkdir(join(root, 'dev/snd'), { recursive: true });
  await mkdir(join(root, 'proc/asound/card1'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));

const config = (options: Omit<DeviceSourceConfig, 'type'>): DeviceSourceConfig => ({
  type: 'device',
  ...options,
});

async function refusal(
  options: Omit<DeviceSourceConfig, 'type'>,
): Promise<{ reason: string; final: boolean }> {
  const opener = new DeviceOpener({ config: config(options), root });
  return opener.open().then(
    () => ({ reason: 'opened', final: false }),
    (error: unknown) => {
      if (!(error instanceof InputError)) throw error;
      return { reason: error.message, final: error.final };
    },
  );
}

test('the arguments for a camera and a microphone; neither is on a test machine', () => {
  const both = config({
    videoDevice: '/dev/video0',
    audioDevice: 'hw:1,0',
    width: 1280,
    height: 720,
    frameRate: 30,
  });
  const [camera, microphone] = deviceInputs(both);
  expect(camera?.join(' ')).toContain(
    '-f v4l2 -timestamps abs -framerate 30 -video_size 1280x720 -i /dev/video0',
  );
  expect(microphone?.join(' ')).toContain('-f alsa -i hw:1,0');
  expect(deviceInputs({ ...both, audio: false })).toHaveLength(1);
});

test.each(['/dev/video0;id', '/dev/../etc/passwd', 'dev/video0', '-i', '/dev/video0\n', '/dev/sda'])(
  'refuses the camera %j',
  async (videoDevice) => {
    expect(await refusal({ videoDevice })).toMatchObject({
      final: true,
      reason: expect.stringContaining('is no name of a device'),
    });
  },
);

test.each(['default', 'hw:1,0\n', 'hw:../../x', 'plug:file:/tmp/x', 'hw:{CARD 0}', '-f'])(
  'refuses the microphone %j',
  async (audioDevice) => {
    expect(await refusal({ audioDevice })).toMatchObject({
      final: true,
      reason: expect.stringContaining('is no name of a device'),
    });
  },
);

test('says what is missing, and that it may come', async () => {
  expect(await refusal({ videoDevice: '/dev/video7' })).toMatchObject({
    final: false,
    reason: expect.stringContaining('There is no camera /dev/video7'),
  });
  expect(await refusal({ audioDevice: 'hw:4,0' })).toMatchObject({
    final: false,
    reason: expect.stringContaining('There is no sound card hw:4,0'),
  });
  expect(await refusal({ audioDevice: 'hw:1,0' })).toMatchObject({
    final: false,
    reason: expect.stringContaining('takes no sound in'),
  });
  expect(await refusal({})).toMatchObject({
    final: true,
    reason: expect.stringContaining('needs videoDevice or audioDevice'),
  });
});

test('a file or a folder is no camera', async () => {
  await writeFile(join(root, 'dev/video0'), '');
  await mkdir(join(root, 'dev/video1'));
  expect((await refusal({ videoDevice: '/dev/video0' })).reason).toContain('/dev/video0 is no device');
  expect((await refusal({ videoDevice: '/dev/video1' })).reason).toContain('/dev/video1 is no device');
});

test('a character device passes, in place of the camera that a test machine lacks', async () => {
  await symlink('/dev/null', join(root, 'dev/video0'));
  const input = await new DeviceOpener({ config: config({ videoDevice: '/dev/video0' }), root }).open();
  expect(input.args.slice(-2)).toEqual(['-i', '/dev/video0']);
  input.close();
});

test('picture and sound of two inputs come as one; generated ones, in place of devices that a test machine lacks', async () => {
  const inputs = [
    ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10'],
    ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
  ];
  const feed = new DeviceFeed({ ffmpegPath: 'ffmpeg', inputs });
  const examination = await examine(
    {
      args: ['-protocol_whitelist', 'pipe', '-f', 'nut', '-i', 'pipe:0'],
      sample: () => feed.sample(),
      secrets: [],
      close: () => {},
    },
    { depth: 'quick', limitMs: 25_000 },
  );
  expect(examination.video).toMatchObject({ width: 320, height: 180 });
  expect(examination.audio).toMatchObject({ sampleRate: 48_000 });
  let bytes = 0;
  for await (const piece of feed.output) {
    bytes += piece.length;
    if (bytes > 500_000) break;
  }
  feed.close();
  expect(bytes).toBeGreaterThan(500_000);
});

test('an input that cannot be read ends the stream with a reason', async () => {
  const feed = new DeviceFeed({
    ffmpegPath: 'ffmpeg',
    inputs: [
      ['-f', 'v4l2', '-i', '/dev/video999'],
      ['-f', 'alsa', '-i', 'hw:99,0'],
    ],
  });
  expect((await feed.sample()).length).toBe(0);
  expect(feed.problem).toMatchObject({
    final: false,
    reason: expect.stringContaining('There is no such device'),
  });
  feed.close();
});
