import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RtpInput, SlateSourceConfig } from '@spillway/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { media } from '../doctor/test-media.ts';
import { InputError } from '../input.ts';
import { Child } from '../process/child.ts';
import { DgramInlet } from '../test-support/dgram-inlets.ts';
import { nalTypes } from '../test-support/rtp-packet.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { SlateOpener } from './slate-opener.ts';
import { slateGraph, slateRecipe } from './slate-recipe.ts';
import { wrapText } from './wrap-text.ts';

const run = promisify(execFile);
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'spillway-slate-'));
  const still = ['-f', 'lavfi', '-i', 'testsrc2=size=400x600', '-frames:v', '1'];
  await copyFile(await media('slate.png', ...still), join(root, 'slate.png'));
  await copyFile(await media('slate.jpg', ...still), join(root, "%d it's: a [slate].jpg"));
});

afterAll(() => rm(root, { recursive: true }));

const open = (config: Omit<SlateSourceConfig, 'type'>) =>
  new SlateOpener({ config: { type: 'slate', ...config }, libraryRoot: root }).open();

/** Checksum of the third frame, and what FFmpeg said. */
async function draw(config: Omit<SlateSourceConfig, 'type'>, lines: readonly string[]) {
  const { args } = await open(config);
  const graph = ['-filter_complex', slateGraph(lines, config.image !== undefined), '-map', '[v]'];
  const output = ['-frames:v', '3', '-f', 'framemd5', '-'];
  const fast = args.filter((arg) => arg !== '-re');
  const { stdout, stderr } = await run('ffmpeg', ['-v', 'warning', '-nostdin', ...fast, ...graph, ...output]);
  expect(stdout).toMatch(/dimensions 0: 1280x720/);
  return { sum: stdout.trim().split(',').at(-1), words: stderr };
}

test.each([
  "it's 100% [a]: {b}, c; d\\e %{pts} = f",
  ':textfile=/etc/passwd',
  "',drawtext=textfile=/etc/passwd:text='",
  '%{metadata:x}',
  "\\'; [0:v]null[x]",
  'ünï 日本語 🎬',
  '-i /etc/passwd',
])('draws the text %j as it is', async (text) => {
  const [line = ''] = wrapText(text, 44);
  const drawn = await draw({}, [line]);
  expect(drawn.words).toBe('');
  const file = join(root, 'text.txt');
  await writeFile(file, line);
  // What drawtext makes of the same text in a file, where nothing needs an escape.
  const literal = slateGraph(['x'], false).replace('text=x', `expansion=none:textfile=${file}`);
  const { args } = await open({});
  const output = ['-filter_complex', literal, '-map', '[v]', '-frames:v', '3', '-f', 'framemd5', '-'];
  const { stdout } = await run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    ...args.filter((arg) => arg !== '-re'),
    ...output,
  ]);
  expect(drawn.sum).toBe(stdout.trim().split(',').at(-1));
});

test.each(['slate.png', "%d it's: a [slate].jpg"])(
  'shows the image %j with bars, and text below',
  async (image) => {
    const plain = await draw({}, []);
    const shown = await draw({ image }, []);
    const both = await draw({ image }, ['Back soon']);
    expect(new Set([plain.sum, shown.sum, both.sum]).size).toBe(3);
  },
);

test('refuses what is no image, or lies outside', async () => {
  await writeFile(join(root, 'evil.png'), '#EXTM3U\nfile:///etc/passwd\n');
  await writeFile(join(root, 'empty.png'), '');
  for (const image of ['evil.png', 'empty.png', 'none.png', '../x.png']) {
    await expect(open({ image })).rejects.toThrow(InputError);
  }
  await expect(open({ image: 'evil.png' })).rejects.toThrow(/neither PNG nor JPEG/);
});

test('sends H264 with a key frame each second, and silent Opus', async () => {
  const base = { address: '127.0.0.1' };
  const video: RtpInput = {
    ...base,
    kind: 'video',
    codec: 'H264',
    port: 27_310,
    rtcpPort: 27_311,
    ssrc: 11,
    payloadType: 102,
  };
  const audio: RtpInput = {
    ...base,
    kind: 'audio',
    codec: 'opus',
    port: 27_312,
    rtcpPort: 27_313,
    ssrc: 12,
    payloadType: 111,
  };
  let keyFrames = 0;
  const sound: number[] = [];
  const inlet = new DgramInlet({
    ...{ inputs: [video, audio], listenAddress: '127.0.0.1' },
    ...{ onLive: () => {}, onRefused: () => {}, onClosed: () => {} },
  });
  await inlet.bind();
  inlet.onPacket = (input, { payload, timestamp }) => {
    if (input.kind === 'audio') sound.push(timestamp);
    else if (nalTypes(payload).includes(5)) keyFrames += 1;
  };
  const config: SlateSourceConfig = { type: 'slate', text: 'Back at noon' };
  const { args } = await open(config);
  const recipe = slateRecipe(config);
  const child = await Child.start({
    name: 'FFmpeg',
    file: 'ffmpeg',
    args: ['-v', 'error', ...args, ...recipe.outputArgs({ video: [video], audio }, [])],
  });
  try {
    await waitFor('four key frames and sound', () => keyFrames >= 4 && sound.length > 100);
    const steps = sound.slice(1).map((timestamp, at) => (timestamp - (sound[at] ?? 0)) | 0);
    expect(new Set(steps)).toEqual(new Set([960]));
  } finally {
    await child.stop();
    inlet.close();
  }
});

test('has no text where none can be drawn', () => {
  const to = {
    video: [
      { kind: 'video', codec: 'H264', address: '127.0.0.1', port: 1, rtcpPort: 2, ssrc: 3, payloadType: 4 },
    ],
  } as const;
  const recipe = slateRecipe({ type: 'slate' });
  expect(recipe.outputArgs(to, []).join(' ')).toContain('drawtext');
  expect(recipe.outputArgs(to, ["No such filter: 'drawtext'"]).join(' ')).not.toContain('drawtext');
  expect(slateRecipe({ type: 'slate', image: 'a.png' }).outputArgs(to, []).join(' ')).not.toContain(
    'drawtext',
  );
});

test('text is cut into lines between words, and within long ones', () => {
  expect(wrapText('We will be right back', 10)).toEqual(['We will be', 'right back']);
  expect(wrapText('  a   b ', 10)).toEqual(['a b']);
  expect(wrapText('x'.repeat(25), 10)).toEqual(['xxxxxxxxxx', 'xxxxxxxxxx', 'xxxxx']);
  expect(wrapText('日本語の字幕', 4)).toEqual(['日本', '語の', '字幕']);
  expect(wrapText('', 10)).toEqual([]);
});
