import { expect, it } from 'vitest';
import { describeFeatures } from './describe-features.ts';

const both = ['gop-cache', 'segmented-sends'];
const instantStart = { seconds: 10, megabytes: 8, workerMegabytes: 256 };

it('says what workers can do, what is turned off and what is missing', () => {
  expect(describeFeatures({ features: both, instantStart, segmentedSends: true })).toBe(
    'media workers with instant start and segmented sends',
  );
  expect(describeFeatures({ features: both, instantStart, segmentedSends: false })).toBe(
    'media workers with instant start; turned off by the configuration: segmented sends',
  );
  expect(describeFeatures({ features: ['segmented-sends'], instantStart, segmentedSends: true })).toBe(
    'media workers with segmented sends; not in this build of the media worker: instant start (viewers wait for the next key frame)',
  );
  expect(describeFeatures({ features: [], instantStart, segmentedSends: true })).toBe(
    'not in this build of the media worker: instant start (viewers wait for the next key frame) and segmented sends (every packet to a viewer takes a system call)',
  );
});
