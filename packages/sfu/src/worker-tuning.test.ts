import { expect, it } from 'vitest';
import { featuresInUse, tuningVariables, type WorkerTuning } from './worker-tuning.ts';

const all: WorkerTuning = {
  features: ['gop-cache', 'segmented-sends'],
  instantStart: { seconds: 10, megabytes: 8, workerMegabytes: 256 },
  segmentedSends: true,
};
const off = { ...all.instantStart, seconds: 0 };

it('has what the binary has and nobody turned off', () => {
  expect(featuresInUse(all)).toEqual(['gop-cache', 'segmented-sends']);
  expect(featuresInUse({ ...all, segmentedSends: false })).toEqual(['gop-cache']);
  expect(featuresInUse({ ...all, instantStart: off })).toEqual(['segmented-sends']);
  expect(featuresInUse({ ...all, features: [] })).toEqual([]);
  expect(featuresInUse({ ...all, features: ['something-new'], segmentedSends: false })).toEqual([
    'something-new',
  ]);
});

it('tells the worker everything, so that it keeps to no other value', () => {
  expect(tuningVariables(all)).toEqual({
    SPILLWAY_GOP_CACHE_SECONDS: '10',
    SPILLWAY_GOP_CACHE_MEGABYTES: '8',
    SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES: '256',
    SPILLWAY_SEGMENTED_SENDS: 'on',
  });
  expect(tuningVariables({ ...all, instantStart: off, segmentedSends: false })).toMatchObject({
    SPILLWAY_GOP_CACHE_SECONDS: '0',
    SPILLWAY_SEGMENTED_SENDS: 'off',
  });
});
