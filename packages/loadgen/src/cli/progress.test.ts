import { expect, test } from 'vitest';
import type { Moment } from '../report/result.ts';
import { progressBlock, progressLine } from './progress.ts';

const moment: Moment = {
  seconds: 12,
  started: 500,
  joined: 490,
  gone: 2,
  playing: 488,
  bitrate: 732e6,
  packetRate: 85_400,
  lost: 3,
  freezes: 1,
  delay: { count: 85_400, p50: 0.0021, p95: 0.004, p99: 0.009, max: 0.02 },
};
const plan = { viewers: 500, seconds: 35 };

test('the block', () => {
  expect(progressBlock(moment, plan, 7)).toEqual([
    '  12 s of 35 s',
    '  viewers   488 of 500 play, let in 490, lost or refused 2',
    '  media     732.0 Mbps, 85,400 packets/s, 3 lost',
    '  freezes   7',
    '  delay     p50 2.1 ms, p95 4.0 ms, p99 9.0 ms',
  ]);
});

test('the line', () => {
  const { delay: _, ...unstamped } = moment;
  expect(progressLine(unstamped, plan, 0)).toBe(
    '12 s: 488 of 500 play, 2 gone, 732.0 Mbps, 3 lost, 0 freezes, delay p95 –',
  );
});
