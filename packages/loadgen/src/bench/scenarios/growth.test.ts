import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { bitrateResult, type GrowthPoint, viewersResult } from './growth.ts';

const point = (kind: GrowthPoint['kind'], viewers: number, bitrate = 500_000) => ({ kind, viewers, bitrate });

test('the targets are those of the most viewers', () => {
  const rounds = new Map([
    [point('bare', 50), [intervalWith({ workerMicros: 10, nodeMicros: 0 })]],
    [point('spillway', 50), [intervalWith({ workerMicros: 20, nodeMicros: 0, nodeCores: 0.2 })]],
    [point('bare', 400), [intervalWith({ workerMicros: 8, nodeMicros: 0 })]],
    [point('spillway', 400), [intervalWith({ workerMicros: 8, nodeMicros: 0.2, nodeCores: 0.02 })]],
  ]);
  const { targets, tables, charts } = viewersResult(rounds);
  expect(targets).toMatchObject([
    { name: expect.stringContaining('400 viewers'), measured: '1.02', met: true },
    { name: expect.stringContaining('400 viewers'), measured: '2.00 %', met: true },
  ]);
  expect(tables[0]?.rows.map(([viewers, bare, spillway, ratio]) => [viewers, bare, spillway, ratio])).toEqual(
    [
      ['50', '10.0', '20.0', '2.00'],
      ['400', '8.00', '8.20', '1.02'],
    ],
  );
  expect(charts[0]?.series.map(({ points }) => points.map(({ x }) => x))).toEqual([
    [50, 400],
    [50, 400],
  ]);
});

test('rounds by bitrate have a row for each bitrate', () => {
  const rounds = new Map([
    [point('bare', 50, 500_000), [intervalWith()]],
    [point('spillway', 50, 500_000), [intervalWith()]],
    [point('bare', 50, 4_000_000), [intervalWith()]],
    [point('spillway', 50, 4_000_000), [intervalWith()]],
  ]);
  expect(bitrateResult(rounds).tables[0]?.rows.map(([rate]) => rate)).toEqual(['0.5', '4']);
});
