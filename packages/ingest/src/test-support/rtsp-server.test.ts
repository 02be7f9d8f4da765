import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { type RtspServer, type RtspServerAuth, startRtspServer } from './rtsp-server.ts';
import { isAlive } from './wait-for.ts';

const run = promisify(execFile);
const servers: RtspServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(...args: Parameters<typeof startRtspServer>): Promise<RtspServer> {
  const server = await startRtspServer(...args);
  servers.push(server);
  return server;
}

/** The codecs that FFmpeg finds. */
async function probe(url: string): Promise<string[]> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', '-i', url];
  const { stdout } = await run('ffprobe', ['-rtsp_transport', 'tcp', ...args], { timeout: 30_000 });
  return stdout.trim().split('\n');
}

test('serves what cameras send, and comes back on the same port', async () => {
  const mounts = {
    '/a': 'h264',
    '/b': 'h264-b-frames',
    '/c': 'h265',
    '/d': 'mjpeg',
    '/e': 'h264-pcmu',
  } as const;
  const server = await start({ mounts });
  expect(await probe(server.url('/a'))).toEqual(['h264', 'aac']);
  expect(await probe(server.url('/b'))).toEqual(['h264', 'aac']);
  expect(await probe(server.url('/c'))).toEqual(['hevc', 'aac']);
  expect(await probe(server.url('/d'))).toEqual(['mjpeg']);
  expect(await probe(server.url('/e'))).toEqual(['h264', 'pcm_mulaw']);
  await server.kill();
  expect(isAlive(server.pid)).toBe(false);
  await expect(probe(server.url('/a'))).rejects.toThrow('Connection refused');
  const again = await start({ mounts: { '/a': { media: 'h264', shared: true } }, port: server.port });
  expect(again.port).toBe(server.port);
  expect(await Promise.all([probe(again.url('/a')), probe(again.url('/a'))])).toEqual([
    ['h264', 'aac'],
    ['h264', 'aac'],
  ]);
  again.freeze();
  await again.stop();
  expect(isAlive(again.pid)).toBe(false);
});

test.each(['basic', 'digest'] as const)('asks for a password (%s)', async (scheme) => {
  const auth: RtspServerAuth = { scheme, username: 'ad min', password: 'p@ss:w/rd' };
  const server = await start({ mounts: { '/a': 'h264' }, auth });
  await expect(probe(server.url('/a'))).rejects.toThrow('401');
  await expect(probe(server.url('/a', { ...auth, password: 'other' }))).rejects.toThrow('401');
  expect(await probe(server.url('/a', auth))).toEqual(['h264', 'aac']);
});
