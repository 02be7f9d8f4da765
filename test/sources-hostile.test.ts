import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Library, Problem, RoomSourceStatus } from '@spillway/protocol';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useArgumentLog } from './support/argument-log.ts';
import { hostileSources, makeHostileLibrary, sdpWithBait } from './support/hostile-sources.ts';
import { patternOnly, patternRoom } from './support/pattern-room.ts';
import { programsOf } from './support/process-facts.ts';
import { type ApiAnswer, useServer } from './support/server.ts';
import { SourceRoom } from './support/source-room.ts';
import { waitFor } from './support/wait-for.ts';
import { Bystander } from './support/watched-room.ts';

const programs = useArgumentLog();
const server = useServer({ config: patternOnly, env: programs.env });
const touch = join(tmpdir(), `spillway-hostile-${randomUUID()}`);

/** What would tell that a program was given something hostile. Files of the library may be looked into. */
const POISON =
  /passwd|shadow|127\.1|127\.0\.0\.2|localhost|2130706433|0x7f|169\.254|2852039166|::1\]|::ffff|64:ff9b|X-Evil|touch|IFS|-hostile-|fifo|link-to|\/dev\/(sda|zero)/i;

beforeAll(() => makeHostileLibrary(server));

function expectRefusal({ status, body }: ApiAnswer<Problem>, what: string): void {
  expect(status, `status for ${what}`).toBeGreaterThanOrEqual(400);
  expect(status, `status for ${what}: ${JSON.stringify(body)}`).toBeLessThan(500);
  expect(body.detail, `answer to ${what}`).toMatch(/\w+ \w+ \w+/);
}

function brief(source: object): string {
  return JSON.stringify(source).slice(0, 150);
}

test('whatever hostile is named by request is refused in words, and reaches no program and no disk', async () => {
  const bystander = await Bystander.join(server, patternRoom.name);
  onTestFinished(() => bystander.close());
  const room = await SourceRoom.create(server, 'target');
  const before = await everythingIn(server.dataDir);
  const all = hostileSources(touch, server.mediaPort);
  expect(all.length).toBeGreaterThanOrEqual(50);
  const wrong: string[] = [];
  for (const source of all) {
    const what = brief(source);
    try {
      expectRefusal(await server.api('POST', '/sources/probe', source), `probe of ${what}`);
      await expectPutRefused(room, source, what);
    } catch (error) {
      wrong.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  expect(wrong, `of ${all.length}`).toEqual([]);
  await server.api('DELETE', `/rooms/${room.name}/source`);
  expect(programs.read(), 'arguments of programs').toContain('list.m3u8');
  expect(programs.read().match(POISON)?.[0], 'what a program was given').toBeUndefined();
  expect(existsSync(touch), 'whether a shell was run').toBe(false);
  expect((await everythingIn(server.dataDir)).filter((name) => !before.includes(name))).toEqual([]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await waitFor('only the FFmpeg of the other room', () => programsOf(server, 'ffmpeg').length === 1);
  await bystander.expectUndisturbed();
}, 120_000);

test('a pasted SDP that names addresses and files makes the server listen, and nothing else', async () => {
  const sdp = sdpWithBait(server.sparePort);
  const room = await SourceRoom.play(server, 'bait', { type: 'rtp', sdp });
  const { reason } = await room.when('waiting', (status) => status.reason !== '');
  expect(reason).toMatch(/waits for an encoder/i);
  expect(programs.read()).not.toMatch(POISON);
});

test('hostile backups are refused like sources', async () => {
  const room = await SourceRoom.create(server, 'backed');
  for (const backup of [
    { type: 'file', file: '../../etc/passwd' },
    { type: 'rtsp', url: 'file:///etc/passwd' },
    { type: 'test', backups: [] },
  ]) {
    const answer = await server.api('PUT', `/rooms/${room.name}/source`, { type: 'test', backups: [backup] });
    expectRefusal(answer, brief(backup));
  }
  const many = Array.from({ length: 9 }, () => ({ type: 'test' }));
  expectRefusal(
    await server.api('PUT', `/rooms/${room.name}/source`, { type: 'test', backups: many }),
    'nine',
  );
});

test('the library lists nothing from outside of it, and nothing hidden', async () => {
  const { body } = await server.api<Library>('GET', '/library');
  const paths = body.files.map(({ path }) => path);
  for (const path of paths) expect(path).not.toMatch(/link-to-(file|folder|zero)|hidden|fifo|passwd|^loop/);
});

/** Fails unless a source is refused at once, or given up with a reason. */
async function expectPutRefused(room: SourceRoom, source: object, what: string): Promise<void> {
  const answer = await server.api<Problem & RoomSourceStatus>('PUT', `/rooms/${room.name}/source`, source);
  if (answer.status !== 200) {
    expectRefusal(answer, `PUT of ${what}`);
    return;
  }
  const { reason } = await room.when(
    `${what} given up`,
    ({ state }) => state === 'failed' || state === 'retrying',
    5000,
  );
  expect(reason, `reason for ${what}`).toMatch(/\w+ \w+ \w+/);
}

/** Files and folders, without those that the server keeps anew by itself. */
async function everythingIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
