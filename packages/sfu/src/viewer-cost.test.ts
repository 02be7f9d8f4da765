import { expect, it } from 'vitest';
import { ViewerCost } from './viewer-cost.ts';

it('expects what the packets of a room cost, once they were counted', () => {
  const cost = new ViewerCost();
  const unknown = cost.ofViewer('a');
  expect(unknown).toBeGreaterThan(0);
  cost.keepOnly([['a', 1]]);
  cost.count('a', 1000, 10);
  expect(cost.ofViewer('a')).toBe(unknown);
  cost.count('a', 2000, 11);
  expect(cost.ofViewer('a')).toBeCloseTo(5 * unknown);
  // Another broadcast counts from its own beginning.
  cost.count('a', 10, 12);
  expect(cost.ofViewer('a')).toBeCloseTo(5 * unknown);
  cost.keepOnly([]);
  expect(cost.ofViewer('a')).toBe(unknown);
  cost.count('a', 10, 13);
  expect(cost.ofViewer('a')).toBe(unknown);
});

it('learns what a packet costs, within bounds, and only from enough of them', () => {
  const cost = new ViewerCost();
  cost.keepOnly([['a', 100]]);
  cost.count('a', 0, 0);
  cost.count('a', 100, 1);
  const learn = (cores: number) => {
    for (let times = 0; times < 200; times += 1) cost.learn(cores);
    return cost.ofViewer('a');
  };
  expect(learn(0.12)).toBeCloseTo(100 * 12e-6);
  expect(learn(100)).toBeCloseTo(100 * 50e-6);
  cost.keepOnly([['a', 1]]);
  expect(learn(0)).toBeCloseTo(100 * 50e-6);
});
