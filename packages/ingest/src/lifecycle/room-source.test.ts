import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomSourceConfig } from '@spillway/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSource } from '../create-source.ts';
import { DgramInlets } from '../test-support/dgram-inlets.ts';
import { sourceContext } from '../test-support/source-context.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { RoomSource, sourceConfigs } from './room-source.ts';

const pattern = { type: 'test', width: 160, height: 90, frameRate: 10, bitrate: 100_000 } as const;
let folder: string;
let roomSource: RoomSource | undefined;
/** One for each source. */
let inlets: DgramInlets[];
let idle: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-room-source-'));
  inlets = [];
  idle = [];
});

afterEach(async () => {
  roomSource?.close();
  await roomSource?.gone;
  roomSource = undefined;
  await rm(folder, { recursive: true });
});

/** A program that runs FFmpeg unless the file `down-INDEX` is there. */
async function writeFfmpeg(index: number): Promise<string> {
  const file = join(folder, `ffmpeg-${index}`);
  const down = join(folder, `down-${index}`);
  const script = `#!/bin/sh\n[ -e ${down} ] && exit 1\necho $$ > ${folder}/pid-${index}\nexec ffmpeg "$@"\n`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

/** Takes a source down, as a camera without power. */
async function takeDown(index: number): Promise<void> {
  await writeFile(join(folder, `down-${index}`), '');
  const pid = await readFile(join(folder, `pid-${index}`), 'utf8').catch(() => undefined);
  if (pid) spawnSync('kill', ['-KILL', pid.trim()]);
}

async function bringBack(index: number): Promise<void> {
  await rm(join(folder, `down-${index}`));
}

async function open(config: RoomSourceConfig, viewers = 0): Promise<RoomSource> {
  const context = sourceContext(21_700);
  const sources = await Promise.all(
    sourceConfigs(config).map(async (one, index) => {
      const own = new DgramInlets();
      inlets[index] = own;
      const ffmpegPath = await writeFfmpeg(index);
      const options = { room: 'demo', config: one, openInlet: own.open };
      return createSource(
        { ...context, ffmpegPath },
        { ...options, onChange: () => roomSource?.handleChange() },
      );
    }),
  );
  roomSource = new RoomSource({ config, sources, viewers, onIdle: (reason) => idle.push(reason) });
  return roomSource;
}

function states(source: RoomSource): string[] {
  const { state, backups } = source.status();
  return [state, ...backups.map((backup) => backup.state)];
}

function waitForAir(source: RoomSource, onAir: number | null): Promise<boolean> {
  return waitFor(`source ${onAir} to be on air`, () => source.status().onAir === onAir);
}

describe('a room source with backups', () => {
  const config = { ...pattern, failoverSeconds: 0.2, backups: [pattern, pattern] };

  test('runs the first alone while it is live', async () => {
    const source = await open({ ...config, failoverSeconds: 60 });
    source.start();
    await waitForAir(source, 0);
    expect(states(source)).toEqual(['live', 'idle', 'idle']);
    expect(idle).toEqual([]);
  });

  test('fails over in order, and back when the first is steady', async () => {
    const source = await open(config);
    source.start();
    await waitForAir(source, 0);
    await takeDown(1);
    await takeDown(0);
    await waitForAir(source, 2);
    expect(states(source)[2]).toBe('live');
    await bringBack(1);
    await waitForAir(source, 1);
    await waitFor('the last to rest', () => states(source)[2] === 'idle');
    await bringBack(0);
    await waitFor('the first to be live, and held', () => states(source)[0] === 'live');
    expect(source.status().onAir).toBe(1);
    await waitForAir(source, 0);
    await waitFor('the second to rest', () => states(source)[1] === 'idle');
    expect(source.status().restarts).toBeGreaterThan(0);
    expect(idle).toEqual([]);
  });

  test('needs no backup while another broadcasts in the room', async () => {
    const source = await open(config);
    for (const own of inlets) own.refusal = 'The room is taken';
    source.start();
    // It has asked again, which takes longer than the failover.
    await waitFor('a second inlet', () => (inlets[0]?.all.length ?? 0) >= 2);
    await waitFor('the backups to rest', () => states(source).join() === 'retrying,idle,idle');
    expect(source.status()).toMatchObject({ reason: 'The room is taken', onAir: null });
    for (const own of inlets) own.refusal = undefined;
    await waitForAir(source, 0);
    expect(source.status().history.filter(({ state }) => state === 'retrying')).toHaveLength(1);
  });

  test('tells after its end what it was', async () => {
    const source = await open(config);
    source.start();
    source.close();
    source.close();
    await source.gone;
    expect(source.persisted().stopped).toBe(false);
    expect(idle).toEqual(['its source was removed']);
    source.start();
    source.setViewers(1);
    expect(states(source)).toEqual(['idle', 'idle', 'idle']);
  });

  test('stops and starts all of it', async () => {
    const source = await open(config);
    source.start();
    await waitForAir(source, 0);
    source.stop();
    source.stop();
    expect(source.status()).toMatchObject({ stopped: true, state: 'idle', onAir: null });
    expect(source.persisted()).toMatchObject({ stopped: true });
    expect(idle).toEqual(['its source was stopped']);
    source.start();
    await waitForAir(source, 0);
    expect(source.status().stopped).toBe(false);
  });
});

describe('a room source on demand', () => {
  test('runs while somebody watches', async () => {
    const source = await open({ ...pattern, onDemand: true, stopAfterSeconds: 0 });
    source.start();
    expect(states(source)).toEqual(['idle']);
    source.setViewers(1);
    await waitForAir(source, 0);
    source.setViewers(2);
    source.setViewers(1);
    expect(states(source)).toEqual(['live']);
    source.setViewers(0);
    await waitFor('its rest', () => states(source)[0] === 'idle');
    expect(source.status()).toMatchObject({ stopped: false, onAir: null });
    expect(idle).toEqual(['nobody watches']);
    await waitFor('its inlets to close', () => inlets[0]?.all.every(({ closed }) => closed));
  });

  test('waits a while for the next viewer', async () => {
    const source = await open({ ...pattern, onDemand: true, stopAfterSeconds: 3600 }, 1);
    source.start();
    await waitForAir(source, 0);
    source.setViewers(0);
    source.setViewers(1);
    source.setViewers(0);
    expect(states(source)).toEqual(['live']);
    expect(idle).toEqual([]);
    source.stop();
    expect(states(source)).toEqual(['idle']);
  });
});
