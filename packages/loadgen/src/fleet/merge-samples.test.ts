import { expect, test } from 'vitest';
import { nothingReceived } from '../meter/counts.ts';
import { emptySample, histogramOf } from '../test-support/samples.ts';
import { mergeSamples, sampleBetween } from './merge-samples.ts';

const one = {
  ...emptySample,
  at: 5,
  started: 3,
  joined: 3,
  present: 2,
  playing: 2,
  reasons: [{ reason: 'lost', count: 1 }],
  video: { ...nothingReceived, packets: 100, lost: 2 },
  freezes: 1,
  longestFreeze: 0.5,
  delay: histogramOf(10, 20),
  maxDelay: 0.02,
  cpuSeconds: 1.5,
};
const other = {
  ...one,
  at: 7,
  reasons: [
    { reason: 'lost', count: 2 },
    { reason: 'refused', count: 1 },
  ],
  longestFreeze: 0.2,
  delay: histogramOf(20, 4000),
  maxDelay: 0.004,
};

test('what several processes have seen is added up, and of the largest one is left', () => {
  expect(mergeSamples([one, other])).toMatchObject({
    at: 7,
    started: 6,
    present: 4,
    reasons: [
      { reason: 'lost', count: 3 },
      { reason: 'refused', count: 1 },
    ],
    video: { packets: 200, lost: 4 },
    freezes: 2,
    longestFreeze: 0.5,
    delay: histogramOf(10, 20, 20, 4000),
    maxDelay: 0.02,
    cpuSeconds: 3,
  });
  expect(mergeSamples([])).toBeUndefined();
});

test('what came between two samples is their difference', () => {
  const later = mergeSamples([one, other]) ?? one;
  expect(sampleBetween(one, later)).toMatchObject({
    at: 7,
    started: 3,
    present: 4,
    reasons: [
      { reason: 'lost', count: 2 },
      { reason: 'refused', count: 1 },
    ],
    video: { packets: 100, lost: 2 },
    delay: histogramOf(20, 4000),
    cpuSeconds: 1.5,
  });
});
