import { expect, it } from 'vitest';
import { buildNotice, prebuiltNotice } from './lacking.ts';

const circumstances = { preference: undefined, howToInstall: undefined, buildLog: '/cache/build.log' };

it('says what the prebuilt worker lacks, and how to have it', () => {
  expect(prebuiltNotice({ ...circumstances, howToInstall: 'apt-get install g++' })).toBe(
    "using mediasoup's prebuilt worker, without instant start and segmented sends; to have one built that has them: apt-get install g++",
  );
  expect(prebuiltNotice({ ...circumstances, preference: 'prebuilt' })).toMatch(
    /; unset SPILLWAY_WORKER_ORIGIN for one that has them$/,
  );
  expect(prebuiltNotice(circumstances)).toMatch(
    /failed \(\/cache\/build\.log\); SPILLWAY_WORKER_ORIGIN=build tries again$/,
  );
});

it('says how not to wait for a build', () => {
  expect(buildNotice()).toBe(
    'building a mediasoup worker with instant start and segmented sends takes some minutes, once; SPILLWAY_WORKER_ORIGIN=prebuilt does without',
  );
});
