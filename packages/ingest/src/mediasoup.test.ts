import { spawn } from 'node:child_process';
import type { RtpInput } from '@spillway/protocol';
import { findWorker } from '@spillway/worker';
import { createWorker } from 'mediasoup';
import type { Router, Worker } from 'mediasoup/types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSource } from './create-source.ts';
import type { Source } from './source.ts';
import { type MediasoupInlet, mediasoupInlets } from './test-support/mediasoup-inlets.ts';
import { sourceContext } from './test-support/source-context.ts';
import { waitFor } from './test-support/wait-for.ts';

let worker: Worker;
let router: Router;
let inlets: MediasoupInlet[];

// Where there is no worker yet, it is made: that takes minutes.
beforeAll(async () => {
  const { path } = await findWorker();
  worker = await createWorker({ workerBin: path });
  router = await worker.createRouter({
    mediaCodecs: [
      { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
      { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
      {
        kind: 'video',
        mimeType: 'video/H264',
        clockRate: 90_000,
        parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
      },
    ],
  });
}, 900_000);

afterAll(() => worker?.close());

async function withSource(
  config: Source['config'],
  firstPort: number,
  use: (source: Source) => Promise<void>,
): Promise<void> {
  inlets = [];
  const source = await createSource(sourceContext(firstPort), {
    room: 'demo',
    config,
    openInlet: mediasoupInlets(router, (inlet) => inlets.push(inlet)),
    onChange: () => {},
  });
  try {
    source.start();
    await use(source);
  } finally {
    source.close();
    await source.gone;
  }
}

/** Bytes of an input that a producer has taken. */
async function bytesOf(input: RtpInput | undefined): Promise<number> {
  const producer = inlets.at(-1)?.producers.get(input?.ssrc ?? 0);
  // The source may close the inlet at any moment, to open another.
  const stats = (await producer?.getStats().catch(() => [])) ?? [];
  return stats.reduce((sum, { byteCount }) => sum + byteCount, 0);
}

function live(source: Source): Promise<boolean> {
  return waitFor('the source to be live', () => source.status().state === 'live');
}

test('a worker takes the test pattern', async () => {
  await withSource({ type: 'test', width: 320, height: 180 }, 21_500, async (source) => {
    await live(source);
    const producers = [...(inlets.at(-1)?.producers.values() ?? [])];
    expect(producers.map(({ kind }) => kind)).toEqual(['video', 'audio']);
    await waitFor('scores', () => producers.every(({ score }) => score.some((each) => each.score === 10)));
  });
});

test('a worker takes what the printed commands push; one that restarts from another port takes its room back', async () => {
  await withSource({ type: 'rtp', stallSeconds: 1 }, 21_600, async (source) => {
    await waitFor('an inlet', () => inlets.length === 1);
    const { inputs = [], commands = [] } = source.status();
    for (const { video, command } of commands) {
      const pusher = spawn('sh', ['-c', `exec ${command}`], { stdio: ['ignore', 'ignore', 'inherit'] });
      try {
        // The sender before has gone this moment: the inlet still listens to it, until the source sees the stall.
        const taken = inputs.filter(({ codec }) => codec === video || codec === 'opus');
        await waitFor(`the streams of ${command}`, async () => {
          const bytes = await Promise.all(taken.map(bytesOf));
          return bytes.every((count) => count > 0);
        });
        await live(source);
        const others = inputs.filter((input) => !taken.includes(input));
        expect(await Promise.all(others.map(bytesOf))).toEqual([0]);
      } finally {
        pusher.kill('SIGKILL');
      }
    }
    expect(inlets.length).toBeGreaterThan(1);
    expect(source.status().restarts).toBeGreaterThan(0);
  });
});
