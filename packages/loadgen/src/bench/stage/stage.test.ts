import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { onStage } from './stage.ts';

const { signal } = new AbortController();

test.each(['bare', 'spillway'] as const)(
  'viewers of a %s subject play what is fed to it, and nothing of a stage is left',
  { timeout: 90_000 },
  async (kind) => {
    const pids: number[] = [];
    await onStage({ kind, countOneIn: 1, signal }, async (stage) => {
      const { subject } = stage;
      pids.push(subject.nodePid, ...subject.workerPids);
      expect(subject.workerPids).toHaveLength(1);
      const empty = await subject.probe();
      const fleet = await stage.join(2, 0);
      const { packets, delay, workerCores } = await stage.measure(2);
      expect(packets).toBeGreaterThan(0);
      expect(delay.max).toBeGreaterThan(0);
      expect(workerCores).toBeGreaterThan(0);
      const { mediasoup } = await subject.probe();
      expect(mediasoup.transports - empty.mediasoup.transports).toBe(2);
      expect(mediasoup.consumers - empty.mediasoup.consumers).toBe(2);
      pids.push(...fleet.pids);
      await stage.leave(fleet);
    });
    // A worker ends by itself when the process that it belongs to has ended.
    await expect
      .poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 20_000 })
      .toEqual([]);
  },
);
