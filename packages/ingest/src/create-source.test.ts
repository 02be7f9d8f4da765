import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileCheck, type RtpInput, SourceStatus } from '@spillway/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CreateSourceOptions, createSource } from './create-source.ts';
import type { Source } from './source.ts';
import type { SourceContext } from './source-context.ts';
import { DgramInlets } from './test-support/dgram-inlets.ts';
import { nalTypes } from './test-support/rtp-packet.ts';
import { sourceContext } from './test-support/source-context.ts';
import { isAlive, waitFor } from './test-support/wait-for.ts';

const checkStatus = compileCheck(SourceStatus);
let context: SourceContext;
let inlets: DgramInlets;
let sources: Source[];
let pushers: ReturnType<typeof spawn>[];
let folder: string;

beforeEach(async () => {
  context = sourceContext(21_400);
  inlets = new DgramInlets();
  sources = [];
  pushers = [];
  folder = await mkdtemp(join(tmpdir(), 'spillway-source-'));
});

afterEach(async () => {
  for (const source of sources) source.close();
  for (const pusher of pushers) pusher.kill('SIGKILL');
  await Promise.all(sources.map((source) => source.gone));
  for (const inlet of inlets.all) expect(inlet.closed).toBe(true);
  // All ports are free again.
  for (let port = 21_400; port < 21_408; port += 2) {
    expect(context.ports.reserve({ port, rtcpPort: port + 1 })).toBe(true);
  }
  await rm(folder, { recursive: true });
});

async function create(
  config: CreateSourceOptions['config'],
  options: Partial<CreateSourceOptions & SourceContext> = {},
): Promise<Source> {
  const source = await createSource(
    { ...context, ...options },
    { room: 'demo', config, openInlet: inlets.open, onChange: () => {}, ...options },
  );
  sources.push(source);
  return source;
}

/** Waits for a state. Each status on the way must be valid. */
function waitForState(source: Source, state: SourceStatus['state']): Promise<SourceStatus> {
  return waitFor(`the state ${state}`, () => {
    const checked = checkStatus(source.status());
    if (!checked.ok) throw new Error(checked.error);
    return checked.value.state === state ? checked.value : undefined;
  });
}

/** Runs a printed command as its reader would. */
function push(command: string | undefined): () => Promise<void> {
  if (command === undefined) throw new Error('There is no such command');
  // exec: the shell makes room, so that there is one process to end.
  const child = spawn('sh', ['-c', `exec ${command}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  pushers.push(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return () => {
    child.kill('SIGKILL');
    return ended;
  };
}

function inputOf(source: Source, codec: RtpInput['codec']): RtpInput {
  const input = source.status().inputs?.find((each) => each.codec === codec);
  if (!input) throw new Error(`No input for ${codec}`);
  return input;
}

describe('a source of type test', () => {
  const small = { type: 'test', width: 320, height: 180, frameRate: 20, bitrate: 200_000 } as const;

  test.each(['H264', 'VP8'] as const)('brings %s and Opus', async (codec) => {
    const states = new Set<string>();
    const source: Source = await create(
      { ...small, codec },
      { onChange: () => states.add(source.status().state) },
    );
    expect(source.status().state).toBe('idle');
    source.start();
    source.start();
    await waitForState(source, 'live');
    const inlet = inlets.last;
    await waitFor('audio', () => inlet?.bytes.size === 2);
    expect(inlet?.options.inputs.map((input) => input.codec)).toEqual([codec, 'opus']);
    expect(inlets.all).toHaveLength(1);
    expect(source.persisted()).toBeUndefined();
    source.close();
    source.close();
    await source.gone;
    expect([...states]).toEqual(['starting', 'live', 'idle']);
  });

  test('each key frame of H264 brings its parameter sets, in packets of at most 1200 bytes', async () => {
    const source = await create(small);
    source.start();
    const inlet = await waitFor('an inlet', () => inlets.last);
    const frames = new Map<number, number[]>();
    let largest = 0;
    inlet.onPacket = (input, { timestamp, payload }) => {
      if (input.kind !== 'video') return;
      largest = Math.max(largest, payload.length);
      frames.set(timestamp, [...(frames.get(timestamp) ?? []), ...nalTypes(payload)]);
    };
    const keys = () => [...frames.values()].filter((types) => types.includes(5));
    await waitFor('three key frames', () => keys().length >= 3);
    for (const types of keys()) expect(types).toEqual(expect.arrayContaining([7, 8, 5]));
    expect(largest).toBeLessThanOrEqual(1200);
    // Time stamps are even: 20 frames a second of a 90 kHz clock.
    const times = [...frames.keys()];
    expect(((times[1] ?? 0) - (times[0] ?? 0)) >>> 0).toBe(4500);
  });

  test('opens its inlet again when the worker dies, and FFmpeg runs on', async () => {
    const source = await create(small);
    source.start();
    await waitForState(source, 'live');
    inlets.failure = 'no worker';
    inlets.last?.die();
    const status = await waitForState(source, 'retrying');
    expect(status.reason).toBe('The worker has died');
    await waitFor('the failure', () => source.status().reason === 'Cannot listen for RTP: no worker');
    inlets.failure = undefined;
    await waitForState(source, 'live');
    expect(source.status()).toMatchObject({ restarts: 0, reason: '' });
    expect(inlets.all).toHaveLength(2);
    expect(inlets.all[1]?.options.inputs).toEqual(inlets.all[0]?.options.inputs);
  });

  test('asks for the room again after it was refused', async () => {
    inlets.refusal = 'The room is taken';
    const source = await create(small);
    source.start();
    expect((await waitForState(source, 'retrying')).reason).toBe('The room is taken');
    inlets.refusal = undefined;
    await waitForState(source, 'live');
  });

  test('starts FFmpeg again when it dies, and when it hangs', async () => {
    const pidFile = join(folder, 'pid');
    const ffmpegPath = join(folder, 'ffmpeg');
    await writeFile(
      ffmpegPath,
      `#!/bin/sh\necho $$ > ${pidFile}.part; mv ${pidFile}.part ${pidFile}\nexec ffmpeg "$@"\n`,
    );
    await chmod(ffmpegPath, 0o755);
    const pid = async () => Number(await readFile(pidFile, 'utf8'));
    const source = await create(small, { ffmpegPath });
    source.start();
    await waitForState(source, 'live');
    const first = await pid();
    process.kill(first, 'SIGKILL');
    const died = await waitForState(source, 'retrying');
    expect(died.reason).toContain('FFmpeg was ended by SIGKILL');
    await waitForState(source, 'live');
    expect(source.status().restarts).toBeGreaterThan(0);

    const second = await pid();
    expect(second).not.toBe(first);
    process.kill(second, 'SIGSTOP');
    const hung = await waitForState(source, 'stalled');
    expect(hung.reason).toMatch(/^No picture has come for [\d.]+ s$/);
    await waitForState(source, 'live');
    expect(source.status().restarts).toBeGreaterThan(1);
    expect(isAlive(second)).toBe(false);
    source.close();
    await source.gone;
    expect(isAlive(await pid())).toBe(false);
  });

  test('draws no text where FFmpeg cannot', async () => {
    const fonts = join(folder, 'fonts.conf');
    const ffmpegPath = join(folder, 'ffmpeg');
    await writeFile(fonts, `<fontconfig><dir>${folder}/none</dir></fontconfig>`);
    await writeFile(ffmpegPath, `#!/bin/sh\nFONTCONFIG_FILE=${fonts} exec ffmpeg "$@"\n`);
    await chmod(ffmpegPath, 0o755);
    const source = await create(small, { ffmpegPath });
    source.start();
    await waitForState(source, 'live');
    expect(source.status().restarts).toBe(1);
  });

  test('fails with a way to mend it where there is no FFmpeg', async () => {
    const source = await create(small, { ffmpegPath: 'no-such-ffmpeg' });
    source.start();
    const { reason } = await waitForState(source, 'failed');
    expect(reason).toContain('no-such-ffmpeg');
    expect(reason).toContain('apt-get install ffmpeg');
    await waitFor('the inlet to close', () => inlets.all.every(({ closed }) => closed));
  });

  test('can be closed at any moment', async () => {
    for (const wait of [0, 1, 5, 20, 60]) {
      const source = await create(small);
      source.start();
      await sleep(wait);
      source.close();
      await source.gone;
      expect(source.status().state).toBe('idle');
    }
    const never = await create(small);
    never.close();
    await never.gone;
    never.start();
    expect(never.status().state).toBe('idle');
  });
});

describe('a source of type rtp', () => {
  test('takes what its printed commands push, one after the other, from any port', async () => {
    const source = await create({ type: 'rtp', stallSeconds: 1 });
    source.start();
    expect(await waitForState(source, 'starting')).toMatchObject({ reason: 'Waits for an encoder to push' });
    const commands = source.status().commands ?? [];
    expect(commands.map(({ title, video }) => [title, video])).toEqual([
      ['FFmpeg, H264 and Opus', 'H264'],
      ['FFmpeg, VP8 and Opus', 'VP8'],
    ]);
    for (const { video, command } of commands) {
      const stop = push(command);
      await waitForState(source, 'live');
      const inlet = inlets.last;
      const ssrcs = [inputOf(source, video).ssrc, inputOf(source, 'opus').ssrc];
      await waitFor('both streams', () => ssrcs.every((ssrc) => (inlet?.bytes.get(ssrc) ?? 0) > 0));
      expect(inlet?.bytes.size).toBe(2);
      await stop();
      const stalled = await waitForState(source, 'stalled');
      expect(stalled).toMatchObject({
        reason: expect.stringContaining('No packet for'),
      });
    }
    await waitFor('a new inlet', () => inlets.all.length >= 3);
  }, 60_000);

  test('without audio it listens for video only', async () => {
    const source = await create({ type: 'rtp', audio: false });
    source.start();
    expect(source.status().inputs?.map(({ codec }) => codec)).toEqual(['H264', 'VP8']);
    const command = source.status().commands?.[0]?.command;
    expect(command).not.toContain('sine');
    push(command);
    await waitForState(source, 'live');
  });

  test('listens to the network only when told to, and then says where', async () => {
    const here = await create({ type: 'rtp' });
    here.start();
    await waitFor('an inlet', () => inlets.last?.options.listenAddress === '127.0.0.1');
    expect(inputOf(here, 'H264').address).toBe('127.0.0.1');
    const there = await create({ type: 'rtp', listen: 'network' });
    there.start();
    await waitFor('an inlet', () => inlets.last?.options.listenAddress === '0.0.0.0');
    expect(inputOf(there, 'opus').address).toBe('192.0.2.7');
    expect(there.status().commands?.[0]?.command).toContain("'rtp://192.0.2.7:");
  });

  test('listens for the same after a restart of the server', async () => {
    const before = await create({ type: 'rtp' });
    const { inputs, commands } = before.status();
    const saved = JSON.parse(JSON.stringify(before.persisted()));
    before.close();
    context = sourceContext(21_400);
    const [other, after] = await Promise.all([
      create({ type: 'rtp' }, { room: 'other' }),
      create({ type: 'rtp' }, { saved }),
    ]);
    expect(after.status()).toMatchObject({ inputs, commands });
    expect(inputOf(other, 'H264').port).not.toBe(inputOf(after, 'H264').port);
  });

  test('a pusher with a wrong payload type does not keep the right one out', async () => {
    const source = await create({ type: 'rtp', audio: false });
    source.start();
    const inlet = await waitFor('an inlet', () => inlets.last);
    const { command } = source.status().commands?.[0] ?? {};
    const stop = push(command?.replace('-payload_type 102', '-payload_type 77'));
    await waitFor('the wrong one', () => inlet.locked);
    await stop();
    push(command);
    await waitForState(source, 'live');
    expect(inlets.all.length).toBeGreaterThan(1);
  });

  test('waits for an encoder again after the worker died', async () => {
    const source = await create({ type: 'rtp' });
    source.start();
    await waitFor('an inlet', () => inlets.last);
    inlets.last?.die();
    expect(source.status()).toMatchObject({ state: 'retrying', reason: 'The worker has died' });
    await waitForState(source, 'starting');
  });
});
