import { expect, test } from 'vitest';
import { inheritedEnvironment } from './inherited-environment.ts';

test('settings of a server are left out, the choice of a worker stays', () => {
  const kept = { PATH: '/bin', SPILLWAY_CACHE_DIR: '/cache', SPILLWAY_WORKER_ORIGIN: 'build' };
  const own = { SPILLWAY_SEGMENTED_SENDS: 'off', SPILLWAY_CONFIG: 'a.yaml', NODE_OPTIONS: '--inspect' };
  expect(inheritedEnvironment({ ...kept, ...own })).toEqual(kept);
});
