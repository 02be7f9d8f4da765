import { expect, test } from 'vitest';
import { noMedia, nothingReceived } from '../meter/counts.ts';
import { emptySample, histogramOf } from '../test-support/samples.ts';
import { checkLimits, type Limits, lossRate } from './limits.ts';

const noLimits: Limits = {
  minJoined: undefined,
  p95Ttff: undefined,
  maxLoss: undefined,
  maxFreezes: undefined,
  p99Delay: undefined,
};

function check(limits: Partial<Limits>, sample: Partial<typeof emptySample>, churns = false) {
  const facts = { sample: { ...emptySample, ...sample }, viewers: 100, churns };
  return checkLimits({ ...noLimits, ...limits }, facts)[0];
}

const video = { ...nothingReceived, packets: 990, lost: 10 };

test('without limits there is nothing to keep', () => {
  expect(check({}, {})).toBeUndefined();
});

test('loss is a part of what was sent', () => {
  expect(lossRate({ ...noMedia, video })).toBe(0.01);
  expect(check({ maxLoss: 0.01 }, { video, counted: 1 })).toMatchObject({ actual: 0.01, passed: true });
  expect(check({ maxLoss: 0.009 }, { video, counted: 1 })).toMatchObject({ passed: false });
});

test('where nobody was counted, neither loss nor freezes are known to be few', () => {
  expect(check({ maxLoss: 1 }, {})).toEqual({ name: 'max-loss', limit: 1, passed: false });
  expect(check({ maxFreezes: 5 }, {})).toEqual({ name: 'max-freezes', limit: 5, passed: false });
});

test('viewers who never came or were refused have not joined', () => {
  expect(check({ minJoined: 1 }, { joined: 100 })).toMatchObject({ actual: 1, passed: true });
  expect(check({ minJoined: 1 }, { joined: 99, started: 99 })).toMatchObject({ actual: 0.99, passed: false });
});

test('with churn, visits count whose fate is known', () => {
  const seen = { joined: 300, refused: 100, started: 420 };
  expect(check({ minJoined: 0.75 }, seen, true)).toMatchObject({ actual: 0.75, passed: true });
});

test('viewers who never saw a frame are the slowest', () => {
  const firstKeyFrame = histogramOf(...Array.from({ length: 95 }, () => 100_000));
  const steps = { ...emptySample.steps, firstKeyFrame };
  expect(check({ p95Ttff: 0.2 }, { steps, counted: 100 })).toMatchObject({ passed: true });
  expect(check({ p95Ttff: 0.2 }, { steps, counted: 101 })).toEqual({
    name: 'p95-ttff',
    limit: 0.2,
    passed: false,
  });
  expect(check({ p95Ttff: 0.2 }, { steps, counted: 101 }, true)).toMatchObject({ passed: true });
});

test('the delay is that of 99 % of the packets', () => {
  const delay = histogramOf(...Array.from({ length: 99 }, () => 10_000), 500_000);
  expect(check({ p99Delay: 0.011 }, { delay })).toMatchObject({ passed: true });
  expect(check({ p99Delay: 0.009 }, { delay })).toMatchObject({ passed: false });
  expect(check({ p99Delay: 1 }, {})).toMatchObject({ passed: false });
});
