import { expect, test } from 'vitest';
import { statsRows } from './stats-rows.ts';
import { playerTexts } from './texts.ts';

const t = playerTexts('en');

test('shows what is known', () => {
  const rows = statsRows(
    {
      latency: 0.0614,
      bitrate: 1_534_000,
      width: 1280,
      height: 720,
      frameRate: 29.97,
      framesDropped: 2,
      packetLoss: 0.0123,
      videoCodec: 'H264',
      audioCodec: 'opus',
      path: 'relay',
    },
    t,
  );
  expect(rows.map(({ value }) => value)).toEqual([
    '61 ms',
    '1.53 Mbps',
    '1280 × 720',
    '30 fps',
    '2',
    '1.2 %',
    'H264 · opus',
    'TURN relay',
  ]);
});

test('shows that nothing is known', () => {
  expect(new Set(statsRows(undefined, t).map(({ value }) => value))).toEqual(new Set(['–']));
  expect(statsRows({ bitrate: 64_400 }, t)[1]?.value).toBe('64 kbps');
});
