import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { capacity, workersResult } from './workers.ts';

function round(...workers: readonly (readonly [viewers: number, cores: number])[]) {
  return {
    measured: intervalWith({ eachWorkerCores: workers.map(([, cores]) => cores) }),
    viewers: workers.map(([viewers]) => viewers),
  };
}

const gainOf = (two: ReturnType<typeof round>) =>
  workersResult({ one: [round([300, 0.6])], two: [two] }).targets[0];

test('a worker carries as many viewers as fit into its core', () => {
  expect(capacity(round([300, 0.6]))).toBeCloseTo(500);
  expect(capacity(round([300, 0.6], [100, 0.2]))).toBeCloseTo(1000);
});

test('two workers carry twice as much when viewers cost the same on both, however they are shared out', () => {
  expect(gainOf(round([150, 0.3], [150, 0.3]))).toMatchObject({ measured: '2.00', met: true });
  expect(gainOf(round([240, 0.48], [60, 0.12]))).toMatchObject({ measured: '2.00', met: true });
});

test('a dear pipe, and a worker that nobody is sent to, are seen', () => {
  expect(gainOf(round([200, 0.4], [100, 0.3]))).toMatchObject({ measured: '1.67', met: false });
  expect(gainOf(round([300, 0.6], [0, 0.01]))).toMatchObject({ measured: '1.00', met: false });
});
