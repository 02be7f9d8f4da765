import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../input.ts';
import { resolveLibraryPath } from './resolve-path.ts';

let folder: string;
let root: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-library-'));
  root = join(folder, 'library');
  await mkdir(join(root, 'talks'), { recursive: true });
  await mkdir(join(folder, 'library-of-others'));
  await writeFile(join(root, 'talks/a.mp4'), 'a');
  await writeFile(join(folder, 'secret.mp4'), 'secret');
  await writeFile(join(folder, 'library-of-others/b.mp4'), 'b');
});

afterAll(() => rm(folder, { recursive: true }));

const refusal = (path: string, at = root) =>
  resolveLibraryPath(at, path).then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof InputError)) throw error;
      expect(error.final).toBe(true);
      return error.message;
    },
  );

test('finds a file, also by a link that stays inside and under a root that is a link', async () => {
  await symlink('talks/a.mp4', join(root, 'link.mp4'));
  await symlink(root, join(folder, 'root-link'));
  const found = await resolveLibraryPath(root, 'talks/a.mp4');
  expect(found).toMatchObject({ path: join(root, 'talks/a.mp4'), size: 1 });
  expect(await resolveLibraryPath(root, 'link.mp4')).toEqual(found);
  expect(await resolveLibraryPath(join(folder, 'root-link'), 'link.mp4')).toEqual(found);
});

test('says that there is no file, and no library', async () => {
  expect(await refusal('none.mp4')).toMatch(/"none\.mp4" is not in the video library/);
  expect(await refusal('talks/a.mp4/x')).toMatch(/is not in the video library/);
  expect(await refusal('a.mp4', join(folder, 'nowhere'))).toMatch(/There is no video library at/);
  expect(await refusal('x'.repeat(5000))).toMatch(/too long a name/);
});

test.each([
  '',
  '/etc/passwd',
  '../secret.mp4',
  'talks/../../secret.mp4',
  '../library-of-others/b.mp4',
  'a\0.mp4',
  '.',
  '..',
])('refuses the path %j', async (path) => {
  expect(await refusal(path)).toMatch(/^The file /);
});

test('refuses links that lead outside, or around', async () => {
  await symlink(join(folder, 'secret.mp4'), join(root, 'out.mp4'));
  await symlink(folder, join(root, 'out'));
  await symlink('round.mp4', join(root, 'round.mp4'));
  await symlink('/proc/self/environ', join(root, 'proc.mp4'));
  expect(await refusal('out.mp4')).toMatch(/lies outside the video library/);
  expect(await refusal('out/secret.mp4')).toMatch(/lies outside/);
  expect(await refusal('out/library-of-others/b.mp4')).toMatch(/lies outside/);
  expect(await refusal('proc.mp4')).toMatch(/lies outside/);
  expect(await refusal('round.mp4')).toMatch(/leads to itself/);
});

test('refuses what is no regular file, without waiting for it', async () => {
  execFileSync('mkfifo', [join(root, 'fifo.mp4')]);
  const server = createServer().listen(join(root, 'socket.mp4'));
  await new Promise((resolve) => server.once('listening', resolve));
  await symlink('/dev/zero', join(root, 'zero.mp4'));
  try {
    expect(await refusal('fifo.mp4')).toMatch(/a folder, a pipe or a device/);
    expect(await refusal('socket.mp4')).toMatch(/a folder, a pipe or a device/);
    expect(await refusal('talks')).toMatch(/a folder, a pipe or a device/);
    expect(await refusal('zero.mp4')).toMatch(/lies outside/);
  } finally {
    server.close();
  }
});

test('refuses a real name with a line break, also behind a link', async () => {
  await writeFile(join(root, "a\nfile 'x'.mp4"), '');
  await symlink("a\nfile 'x'.mp4", join(root, 'breaks.mp4'));
  expect(await refusal("a\nfile 'x'.mp4")).toMatch(/line break/);
  expect(await refusal('breaks.mp4')).toMatch(/line break/);
});
