import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileCheck, Devices } from '@spillway/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listDevices } from './list-devices.ts';

const check = compileCheck(Devices);
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'spillway-devices-'));
});

afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function camera(node: string, name: string, index: string): Promise<void> {
  await write(`sys/class/video4linux/${node}/name`, name);
  await write(`sys/class/video4linux/${node}/index`, index);
}

test('lists cameras and inputs of a made-up tree with the text that real systems show; no such device is on a test machine', async () => {
  await camera('video0', 'HD Pro Webcam C920\n', '0\n');
  await camera('video1', 'HD Pro Webcam C920\n', '1\n');
  await camera('video10', 'Cam Link 4K: Cam Link 4K\n', '0\n');
  await camera('video2', 'Cam\u0007\n', '0\n');
  await camera('vbi0', 'bttv', '0\n');
  await camera('v4l-subdev0', 'sensor', '0\n');
  await write(
    'proc/asound/cards',
    [
      ' 0 [PCH            ]: HDA-Intel - HDA Intel PCH',
      '                      HDA Intel PCH at 0xdf240000 irq 140',
      ' 1 [C920           ]: USB-Audio - HD Pro Webcam C920',
      '                      HD Pro Webcam C920 at usb-0000:00:14.0-1, high speed',
      '',
    ].join('\n'),
  );
  await write(
    'proc/asound/pcm',
    [
      '00-00: ALC256 Analog : ALC256 Analog : playback 1 : capture 1',
      '00-03: HDMI 0 : HDMI 0 : playback 1',
      '01-00: USB Audio : USB Audio : capture 1',
      '',
    ].join('\n'),
  );
  const devices = await listDevices({ root });
  expect(check({ devices }).ok).toBe(true);
  expect(devices).toEqual([
    { kind: 'video', id: '/dev/video0', name: 'HD Pro Webcam C920' },
    { kind: 'video', id: '/dev/video2', name: 'Cam' },
    { kind: 'video', id: '/dev/video10', name: 'Cam Link 4K: Cam Link 4K' },
    { kind: 'audio', id: 'hw:0,0', name: 'HDA Intel PCH: ALC256 Analog' },
    { kind: 'audio', id: 'hw:1,0', name: 'HD Pro Webcam C920: USB Audio' },
  ]);
});

test('a system without such folders, and one whose files make no sense, has none', async () => {
  expect(await listDevices({ root })).toEqual([]);
  await write('proc/asound/pcm', 'garbage\n99999-0: x : capture 1\n');
  await write('proc/asound/cards', '--- no soundcards ---\n');
  expect(await listDevices({ root })).toEqual([]);
});

test('this machine is listed without an error', async () => {
  expect(check({ devices: await listDevices() }).ok).toBe(true);
});
