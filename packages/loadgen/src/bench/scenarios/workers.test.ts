import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { workersResult } from './workers.ts';

const gainOf = (busiest: number) =>
  workersResult({
    one: [intervalWith({ busiestWorkerCores: 0.4 })],
    two: [intervalWith({ busiestWorkerCores: busiest })],
  }).targets[0];

test('two workers carry twice as much when each has half of the load', () => {
  expect(gainOf(0.2)).toMatchObject({ measured: '2.00', met: true });
});

test('the busier one of two tells what both carry', () => {
  expect(gainOf(0.25)).toMatchObject({ measured: '1.60', met: false });
});
