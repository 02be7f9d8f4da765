import { expect, test } from 'vitest';
import { type ChurnSample, churnResult, growth } from './churn.ts';

function samples(count: number, heapAt: (index: number) => number): ChurnSample[] {
  return Array.from({ length: count }, (_, index) => ({
    at: 5 * index,
    visits: 100 * index,
    heap: heapAt(index),
    node: 200e6,
    workers: 30e6,
    descriptors: 90 + (index % 3),
  }));
}

const heapTarget = (heapAt: (index: number) => number) =>
  churnResult({ samples: samples(40, heapAt), left: 0 }).targets[0];

test('growth is a part of what there is', () => {
  expect(
    growth([
      { x: 0, y: 100 },
      { x: 10, y: 110 },
      { x: 20, y: 120 },
    ]),
  ).toBeCloseTo(20 / 110);
  expect(growth([])).toBeNaN();
});

test('what fills in the first quarter and stays is flat', () => {
  expect(heapTarget((index) => 50e6 + 1e6 * Math.min(index, 9))).toMatchObject({ met: true });
});

test('a steady leak is seen', () => {
  expect(heapTarget((index) => 50e6 + 0.2e6 * index)).toMatchObject({ met: false });
});

test('a transport that stays when all have gone is told', () => {
  const targetOf = (left: number) => churnResult({ samples: samples(4, () => 1), left }).targets.at(-1);
  expect(targetOf(0)).toMatchObject({ met: true });
  expect(targetOf(1)).toMatchObject({ measured: '1', met: false });
});
