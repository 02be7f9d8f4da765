import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { costResult } from './cost.ts';

test('the ratio compares the two sides of each round', () => {
  const bare = [
    intervalWith({ workerMicros: 8, nodeMicros: 0 }),
    intervalWith({ workerMicros: 16, nodeMicros: 0 }),
  ];
  const spillway = [
    intervalWith({ workerMicros: 8, nodeMicros: 0.2 }),
    intervalWith({ workerMicros: 16, nodeMicros: 0.4 }),
  ];
  const [cpu] = costResult({ bare, spillway }).targets;
  expect(cpu).toMatchObject({ measured: '1.02', met: true, saturated: false });
});

test('a server that costs more than it may misses its target', () => {
  const bare = [intervalWith({ workerMicros: 8, nodeMicros: 0 })];
  const spillway = [intervalWith({ workerMicros: 9, nodeMicros: 0, saturated: true })];
  const [cpu] = costResult({ bare, spillway }).targets;
  expect(cpu).toMatchObject({ measured: '1.13', met: false, saturated: true });
});

test('packets count as lost where the worker had CPU left only', () => {
  const full = intervalWith({ workerCores: 0.9, lost: 40 });
  const calm = (lost: number) => intervalWith({ workerCores: 0.5, lost });
  const lostOf = (...spillway: ReturnType<typeof intervalWith>[]) =>
    costResult({ bare: [calm(0)], spillway }).targets[1];
  expect(lostOf(full, calm(0))).toMatchObject({ measured: '0', met: true });
  expect(lostOf(full, calm(3))).toMatchObject({ measured: '3', met: false });
});
