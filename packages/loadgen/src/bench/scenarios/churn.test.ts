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
    objects: 120,
  }));
}

const heapTarget = (heapAt: (index: number) => number) => churnResult(samples(40, heapAt)).targets[0];

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
