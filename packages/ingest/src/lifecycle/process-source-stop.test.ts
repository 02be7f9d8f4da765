import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SourceConfig } from '@spillway/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSource } from '../create-source.ts';
import { patternRecipe } from '../ffmpeg/pattern-recipe.ts';
import { InputError, type InputOpener, type OpenInput } from '../input.ts';
import { inputsFor, StreamIds } from '../rtp/rtp-inputs.ts';
import type { Source } from '../source.ts';
import type { SourceContext } from '../source-context.ts';
import { DgramInlets } from '../test-support/dgram-inlets.ts';
import { childProcesses, openHandles } from '../test-support/leftovers.ts';
import { memoryLogger } from '../test-support/logger.ts';
import { openRawCamera, type RawCamera } from '../test-support/raw-camera.ts';
import { type RtspServer, startRtspServer } from '../test-support/rtsp-server.ts';
import { sourceContext } from '../test-support/source-context.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { ProcessSource, type ProcessSourceOptions } from './process-source.ts';

const run = promisify(execFile);
const pattern = { type: 'test', width: 160, height: 90, frameRate: 10, bitrate: 100_000 } as const;
const LIMIT = 60_000;

describe('a source whose opener is', () => {
  const ports = { video: { port: 21_950, rtcpPort: 21_951 }, audio: { port: 21_952, rtcpPort: 21_953 } };
  let inlets: DgramInlets;
  let source: ProcessSource | undefined;
  let released: number;
  let states: string[];

  beforeEach(() => {
    inlets = new DgramInlets();
    released = 0;
    states = [];
  });

  afterEach(async () => {
    source?.close();
    await source?.gone;
    source = undefined;
    expect(released).toBe(1);
    for (const inlet of inlets.all) expect(inlet.closed).toBe(true);
  });

  function make(opener: Partial<InputOpener>, options: Partial<ProcessSourceOptions> = {}): ProcessSource {
    const ids = new StreamIds();
    source = new ProcessSource({
      ...{ room: 'demo', config: pattern, logger: memoryLogger(), ffmpegPath: 'ffmpeg' },
      opener: { waiting: 'Waits', open: async () => noInput(), close: () => {}, ...opener },
      prepare: async () => patternRecipe(pattern, 'demo'),
      outputs: () => ({
        video: inputsFor({ ports, ids, codecs: ['H264'] }),
        audio: inputsFor({ ports, ids, codecs: ['opus'] })[0],
      }),
      openInlet: inlets.open,
      onChange: (change) => {
        if (change) states.push(change.state);
      },
      release: () => {
        released += 1;
      },
      ...options,
    });
    return source;
  }

  function noInput(more: Partial<OpenInput> = {}): OpenInput {
    return { args: [], secrets: [], close: () => {}, ...more };
  }

  test('deaf when it is told to give up is left alone, and what it opens late is closed', async () => {
    const late = Promise.withResolvers<OpenInput>();
    let closed = 0;
    const asked = Promise.withResolvers<void>();
    const deaf = make({
      open: () => {
        asked.resolve();
        return late.promise;
      },
    });
    deaf.start();
    await asked.promise;
    deaf.close();
    expect(deaf.state).toBe('idle');
    await deaf.gone;
    late.resolve(noInput({ close: () => (closed += 1) }));
    await waitFor('the late input to be closed', () => closed === 1);
    expect(states).toEqual(['starting', 'idle']);
  });

  test('quick, while the examination is deaf, does not keep it', async () => {
    let closed = 0;
    const stuck = make(
      { open: async () => noInput({ close: () => (closed += 1) }) },
      { prepare: () => Promise.withResolvers<never>().promise },
    );
    stuck.start();
    await waitFor('the examination', () => stuck.status().reason === 'Looks at what comes in');
    stuck.close();
    await stuck.gone;
    expect(closed).toBe(1);
  });

  test('quick, while no worker takes the inlet, does not keep it', async () => {
    let asked = 0;
    const waiting = make(
      {},
      {
        openInlet: () => {
          asked += 1;
          return Promise.withResolvers<never>().promise;
        },
      },
    );
    waiting.start();
    await waitFor('the inlet to be asked for', () => asked === 1);
    waiting.close();
    await waiting.gone;
  });

  test('quick gives no ports back while an inlet is being opened on them', async () => {
    const order: string[] = [];
    const slow = make(
      {},
      {
        openInlet: async (options) => {
          order.push('asked');
          await sleep(100);
          const inlet = await inlets.open(options);
          order.push('open');
          return inlet;
        },
        release: () => {
          released += 1;
          order.push('released');
        },
      },
    );
    slow.start();
    await waitFor('the inlet to be asked for', () => order.length === 1);
    slow.close();
    await slow.gone;
    expect(order).toEqual(['asked', 'open', 'released']);
  });

  test('called again and again leaves nothing on the signal of its life', async () => {
    const listeners: number[] = [];
    const failing = make(
      {
        open: async (giveUp) => {
          listeners.push(getEventListeners(giveUp, 'abort').length);
          return noInput();
        },
      },
      // Ends at once.
      { prepare: async () => ({ ...patternRecipe(pattern, 'demo'), outputArgs: () => ['-version'] }) },
    );
    failing.start();
    await waitFor('four runs', () => listeners.length >= 4, LIMIT);
    expect(new Set(listeners)).toEqual(new Set([0]));
  });

  test('away is asked once ahead of the first start, however often that is wanted', async () => {
    let opened = 0;
    const camera = make(
      {
        open: async () => {
          opened += 1;
          throw new InputError({ reason: 'It is away', final: false });
        },
      },
      { config: { type: 'rtsp', url: 'rtsp://camera/' } },
    );
    for (let round = 0; round < 3; round += 1) camera.prepare();
    await waitFor('it to be asked', () => opened > 0);
    camera.close();
    await camera.gone;
    expect(opened).toBe(1);
    expect(states).toEqual([]);
  });

  test('of no use ends the life that it had, so that it listens no more', async () => {
    let life: AbortSignal | undefined;
    const failed = make({
      open: async (giveUp) => {
        life = giveUp;
        throw new InputError({ reason: 'No', final: true });
      },
    });
    failed.start();
    await waitFor('the failure', () => failed.state === 'failed');
    expect(life?.aborted).toBe(true);
    expect(failed.status().reason).toBe('No');
    failed.start();
    await waitFor('the second failure', () => failed.state === 'failed' && life?.aborted);
    expect(states).toEqual(['starting', 'failed', 'starting', 'failed']);
  });

  test('never what it was said to be makes no haste', async () => {
    const opened: number[] = [];
    const changing = make(
      {
        open: async () => {
          opened.push(performance.now());
          return noInput();
        },
      },
      { prepare: async () => ({ ...patternRecipe(pattern, 'demo'), misfit: () => 'It is another now' }) },
    );
    changing.start();
    await waitFor('three runs', () => opened.length >= 3, LIMIT);
    const [, second = 0, third = 0] = opened;
    // The shortest pause; the change itself is followed at once.
    expect(third - second).toBeGreaterThan(400);
    expect(changing.status().history.find(({ state }) => state === 'retrying')?.reason).toBe(
      'It is another now',
    );
  });
});

describe('stopped, started and closed at any moment', () => {
  const FIRST_PORT = 22_000;
  const MOMENTS = [0, 1, 5, 20, 60, 200, 700];
  let library: string;
  let camera: RtspServer;
  let silent: RawCamera;
  let context: SourceContext;
  let inlets: DgramInlets;

  beforeAll(async () => {
    library = await mkdtemp(join(tmpdir(), 'spillway-stop-'));
    for (const [name, size] of [
      ['one.mp4', '320x180'],
      ['two.mp4', '160x90'],
    ] as const) {
      const input = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=10:duration=1,format=yuv420p`];
      await run('ffmpeg', ['-v', 'error', '-nostdin', ...input, join(library, name)]);
    }
    camera = await startRtspServer({ mounts: { '/live': 'h264' } });
    // Takes connections and says nothing.
    silent = await openRawCamera({});
    context = sourceContext(FIRST_PORT, { libraryRoot: library });
    inlets = new DgramInlets();
  });

  afterAll(async () => {
    await Promise.all([camera?.stop(), silent?.close()]);
    context?.prober.close();
    await rm(library, { recursive: true, force: true });
  });

  const configs: Readonly<Record<string, () => SourceConfig>> = {
    pattern: () => pattern,
    camera: () => ({ type: 'rtsp', url: camera.url('/live') }),
    'camera in layers': () => ({ type: 'rtsp', url: camera.url('/live'), layers: ['180p'] }),
    'camera that says nothing': () => ({ type: 'rtsp', url: `rtsp://127.0.0.1:${silent.port}/` }),
    'list of unlike files': () => ({ type: 'file', file: ['one.mp4', 'two.mp4'] }),
    srt: () => ({ type: 'srt' }),
    rtmp: () => ({ type: 'rtmp' }),
  };

  async function rounds(config: SourceConfig, moment: number): Promise<void> {
    const source: Source = await createSource(context, {
      ...{ room: 'demo', config, openInlet: inlets.open },
      onChange: () => {
        if (over) changesAfter.push(source.state);
      },
    });
    let over = false;
    const changesAfter: string[] = [];
    source.start();
    await sleep(moment);
    source.stop();
    expect(source.state).toBe('idle');
    source.start();
    source.stop();
    source.start();
    await sleep(moment);
    source.hold(true);
    source.hold(false);
    source.close();
    over = true;
    source.start();
    expect(source.state).toBe('idle');
    await source.gone;
    expect(changesAfter).toEqual([]);
  }

  test.each(Object.keys(configs))(
    'a %s leaves nothing',
    async (name) => {
      const config = configs[name]?.() ?? pattern;
      // What is asked once of the machine is asked before.
      await rounds(config, 0);
      await whenQuiet();
      const before = openHandles();
      for (let moment of MOMENTS) {
        // Not only these very moments.
        moment += moment > 5 ? Math.random() * moment : 0;
        await Promise.all([rounds(config, moment), rounds(config, moment)]);
      }
      await whenQuiet();
      for (const inlet of inlets.all) expect(inlet.closed).toBe(true);
      for (let port = FIRST_PORT; port < FIRST_PORT + 100; port += 2) {
        const pair = { port, rtcpPort: port + 1 };
        expect(context.ports.reserve(pair), `port ${port}`).toBe(true);
        context.ports.release(pair);
      }
      await waitFor('timers and sockets to be gone', () => {
        const now = openHandles();
        return Object.entries(now).every(([kind, count]) => count <= (before[kind] ?? 0));
      }).catch((error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify({ before, now: openHandles() })}`);
      });
    },
    120_000,
  );

  async function whenQuiet(): Promise<void> {
    const others = () => childProcesses().filter(({ pid }) => pid !== camera.pid);
    await waitFor('the processes to end', () => others().length === 0).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(others())}`);
    });
  }
});
