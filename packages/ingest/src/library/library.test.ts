import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCheck, Library as LibrarySchema } from '@spillway/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BASELINE, media, moving, tone } from '../doctor/test-media.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { FileProber } from './file-prober.ts';
import { Library } from './library.ts';
import { listVideoFiles } from './walk.ts';

const check = compileCheck(LibrarySchema);
const prober = new FileProber();
let folder: string;
let video: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-library-'));
  video = await media('library.mp4', ...moving(1), ...tone(1), ...BASELINE, '-c:a', 'aac');
});

afterAll(async () => {
  prober.close();
  await rm(folder, { recursive: true });
});

async function library(name: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(root, { recursive: true });
  return root;
}

async function list(root: string, waitMs = 20_000) {
  const listed = await new Library({ root, prober, waitMs }).list();
  expect(check(listed)).toEqual({ ok: true, value: listed });
  return listed;
}

test('a library that is not there has no files', async () => {
  expect(await list(join(folder, 'nowhere'))).toEqual({ files: [], truncated: false });
});

test('lists video files with what is in them, sorted, without hidden ones and others', async () => {
  const root = await library('plain');
  await mkdir(join(root, 'talks'));
  await mkdir(join(root, '.hidden'));
  for (const name of [
    'b.mp4',
    'talks/a.MOV',
    '.hidden/x.mp4',
    '.x.mp4',
    'notes.txt',
    'ünï 日本 %d.mp4',
    'line\nbreak.mp4',
  ]) {
    await copyFile(video, join(root, name));
  }
  const { files, truncated } = await list(root);
  expect(truncated).toBe(false);
  expect(files.map(({ path }) => path)).toEqual(['b.mp4', 'talks/a.MOV', 'ünï 日本 %d.mp4']);
  for (const file of files) {
    expect(file).toMatchObject({ videoCodec: 'h264', audioCodec: 'aac', width: 320, height: 180 });
    expect(file.duration).toBeCloseTo(1, 0);
    expect(file.problem).toBeUndefined();
  }
});

test('follows links that stay inside, each folder once, and no others', async () => {
  const root = await library('links');
  await mkdir(join(root, 'a'));
  await copyFile(video, join(root, 'a/one.mp4'));
  await symlink('.', join(root, 'around'));
  await symlink('a', join(root, 'b'));
  await symlink('a/one.mp4', join(root, 'two.mp4'));
  await symlink(video, join(root, 'outside.mp4'));
  await symlink('/', join(root, 'root'));
  await symlink('none', join(root, 'broken.mp4'));
  execFileSync('mkfifo', [join(root, 'fifo.mp4')]);
  const { files } = await list(root);
  expect(files.map(({ path }) => path)).toEqual(['a/one.mp4', 'two.mp4']);
});

test('says of a file why it cannot be played, and nothing of where it lies', async () => {
  const root = await library('broken');
  await copyFile(video, join(root, 'cut.mp4'));
  await truncate(join(root, 'cut.mp4'), 2000);
  await writeFile(join(root, 'text.mkv'), 'no video');
  await writeFile(join(root, 'empty.webm'), '');
  await writeFile(
    join(root, 'hls.ts'),
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${video}\n#EXT-X-ENDLIST\n`,
  );
  await writeFile(join(root, 'concat.mp4'), "ffconcat version 1.0\nfile 'hls.ts'\n");
  const { files } = await list(root);
  expect(files).toHaveLength(5);
  for (const file of files) {
    expect(file.problem).toMatch(/is no video file that FFmpeg can read/);
    expect(file.problem).not.toContain(folder);
  }
});

test('is bounded in files and in depth', async () => {
  const root = await library('many');
  for (let at = 0; at < 6; at += 1) await writeFile(join(root, `${at}.mp4`), '');
  expect(await listVideoFiles(root, 6)).toMatchObject({ truncated: false });
  const some = await listVideoFiles(root, 5);
  expect(some.truncated).toBe(true);
  expect(some.files).toHaveLength(5);
  const deep = join(root, ...Array.from({ length: 12 }, () => 'd'));
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'deep.mp4'), '');
  const listed = await listVideoFiles(root);
  expect(listed.truncated).toBe(true);
  expect(listed.files).toHaveLength(6);
});

test('what takes too long comes without details, and with them the next time', async () => {
  const root = await library('slow');
  for (let at = 0; at < 4; at += 1) await copyFile(video, join(root, `${at}.mp4`));
  const slow = new FileProber();
  const listed = new Library({ root, prober: slow, waitMs: 0 });
  try {
    const { files } = await listed.list();
    expect(files).toHaveLength(4);
    expect(files.some(({ duration }) => duration === undefined)).toBe(true);
    await waitFor('all details', async () =>
      (await listed.list()).files.every(({ duration }) => duration !== undefined),
    );
  } finally {
    slow.close();
  }
});

test('a program that hangs on a file is ended', async () => {
  const root = await library('hangs');
  await copyFile(video, join(root, 'a.mp4'));
  const hang = join(root, 'hang');
  await writeFile(hang, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const hanging = new FileProber({ ffprobePath: hang, limitMs: 300 });
  try {
    const { files } = await new Library({ root, prober: hanging, waitMs: 20_000 }).list();
    expect(files[0]?.problem).toMatch(/takes too long to be read/);
  } finally {
    hanging.close();
  }
});

test('without ffprobe files come without details', async () => {
  const root = await library('plain');
  const missing = new FileProber({ ffprobePath: 'no-such-ffprobe' });
  const { files } = await new Library({ root, prober: missing }).list();
  expect(files).toHaveLength(3);
  expect(files.every((file) => file.duration === undefined && file.problem === undefined)).toBe(true);
});
