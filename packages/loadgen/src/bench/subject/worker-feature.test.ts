import { expect, test } from 'vitest';
import { environmentWithout, settingsWithout } from './worker-feature.ts';

test('a worker without some features is told so, one with all of them nothing', () => {
  expect(environmentWithout([])).toEqual({});
  expect(environmentWithout(['gop-cache', 'segmented-sends'])).toEqual({
    SPILLWAY_GOP_CACHE_SECONDS: '0',
    SPILLWAY_SEGMENTED_SENDS: 'off',
  });
});

test('so is a server', () => {
  expect(settingsWithout([])).toEqual({});
  expect(settingsWithout(['segmented-sends'])).toEqual({ segmentedSends: false });
});
