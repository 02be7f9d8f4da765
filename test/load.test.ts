import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { LoadReport } from '@spillway/loadgen';
import { expect, test } from 'vitest';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { viewerCount } from './support/watched-room.ts';

const run = promisify(execFile);
const cli = resolve(import.meta.dirname, '../packages/loadgen/src/cli.ts');

const server = useServer({ workers: 2 });

test('50 viewers join at once and all receive the demo', async () => {
  const args = ['--url', server.url, '--room', 'demo', '--viewers', '50', '--seconds', '3', '--json'];
  const { stdout } = await run(process.execPath, [cli, ...args], { timeout: 50_000 });
  const report: LoadReport = JSON.parse(stdout);
  expect(report).toMatchObject({ viewers: 50, joined: 50, receiving: 50, gone: 0, reasons: [] });
  expect(report.firstKeyFrameTime).toBeDefined();
  // Video and audio both: the demo has 50 packets of audio a second alone.
  expect(report.packets?.min).toBeGreaterThan(60 * report.seconds);
  expect(report.keyFrames?.min).toBeGreaterThan(0);
  const { joinTime, firstKeyFrameTime } = report;
  const ms = (seconds: number | undefined) => Math.round(1000 * (seconds ?? Number.NaN));
  process.stdout.write(
    `      joined after ${ms(joinTime?.median)} ms (at most ${ms(joinTime?.max)}), ` +
      `first key frame after ${ms(firstKeyFrameTime?.median)} ms (at most ${ms(firstKeyFrameTime?.max)}), ` +
      `${(100 * report.lossRate).toFixed(2)} % lost\n`,
  );
  await waitFor('all viewers to be gone', async () => (await viewerCount(server, 'demo')) === 0);
});
