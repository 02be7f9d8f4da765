import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freeRoomCode } from './room-code.ts';
import type { RoomRecord } from './room-record.ts';
import { RoomStore } from './room-store.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-rooms-'));
  file = join(folder, 'sub', 'rooms.json');
});
afterEach(() => rm(folder, { recursive: true }));

const record = (name: string): RoomRecord => ({
  name,
  createdAt: '2026-01-02T03:04:05.678Z',
  listed: true,
  generated: false,
  source: { type: 'rtp', audio: false },
  sourceState: { inputs: [] },
});

it('holds what was put, over a restart', async () => {
  const store = await RoomStore.open(file);
  await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(record(`room-${i}`))));
  await store.put({ ...record('room-0'), listed: false });
  await store.remove('room-1');
  const again = await RoomStore.open(file);
  expect(again.list()).toEqual(store.list());
  expect(again.list()).toHaveLength(19);
  expect(again.get('room-0')?.listed).toBe(false);
  expect(await readdir(join(folder, 'sub'))).toEqual(['rooms.json']);
});

it.each(['', '{', '[]', '{"version":2,"rooms":[]}', '{"version":1,"rooms":[{"name":"../x"}]}'])(
  'refuses the file %j and leaves it as it is',
  async (text) => {
    file = join(folder, 'rooms.json');
    await writeFile(file, text);
    await expect(RoomStore.open(file)).rejects.toThrow(/rooms\.json .*(move it away)/);
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);

it('makes room codes of six digits that are free', () => {
  expect(freeRoomCode(() => false)).toMatch(/^\d{6}$/);
  expect(freeRoomCode(() => true)).toBeUndefined();
});
