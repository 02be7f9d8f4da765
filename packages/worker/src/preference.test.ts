import { describe, expect, it } from 'vitest';
import { readPreference, type Situation, waysToWorker } from './preference.ts';

describe('the preference', () => {
  it('is one of two, or none', () => {
    expect(readPreference({ SPILLWAY_WORKER_ORIGIN: 'build' })).toBe('build');
    expect(readPreference({ SPILLWAY_WORKER_ORIGIN: 'prebuilt' })).toBe('prebuilt');
    expect(readPreference({ SPILLWAY_WORKER_ORIGIN: '' })).toBeUndefined();
    expect(readPreference({})).toBeUndefined();
  });

  it('is refused with what it may be', () => {
    expect(() => readPreference({ SPILLWAY_WORKER_ORIGIN: 'Prebuilt' })).toThrow(
      /SPILLWAY_WORKER_ORIGIN is "Prebuilt"[\s\S]*build or to prebuilt/,
    );
  });
});

describe('the ways to a worker', () => {
  const open: Situation = {
    preference: undefined,
    allowPrebuilt: true,
    canBuild: true,
    failedBefore: false,
  };

  it('begin with a build where the tools are', () => {
    expect(waysToWorker(open)).toEqual(['build', 'prebuilt']);
  });

  it('end with a build where tools would have to be installed, or where it failed before', () => {
    expect(waysToWorker({ ...open, canBuild: false })).toEqual(['prebuilt', 'build']);
    expect(waysToWorker({ ...open, failedBefore: true })).toEqual(['prebuilt', 'build']);
  });

  it('are one when one is asked for, or the other not allowed', () => {
    const closed = { ...open, canBuild: false, failedBefore: true };

    expect(waysToWorker({ ...closed, preference: 'build' })).toEqual(['build']);
    expect(waysToWorker({ ...closed, allowPrebuilt: false })).toEqual(['build']);
    expect(waysToWorker({ ...open, preference: 'prebuilt' })).toEqual(['prebuilt']);
  });
});
