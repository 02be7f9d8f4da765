import { afterEach, expect, it, vi } from 'vitest';
import { withEnvironment } from './with-environment.ts';

afterEach(() => vi.unstubAllEnvs());

it('sets variables for what runs, and puts back what was there', () => {
  vi.stubEnv('SPILLWAY_TEST_SET', 'before');
  vi.stubEnv('SPILLWAY_TEST_UNSET', undefined);
  const seen = withEnvironment({ SPILLWAY_TEST_SET: 'now', SPILLWAY_TEST_UNSET: 'too' }, () => ({
    ...process.env,
  }));
  expect(seen).toMatchObject({ SPILLWAY_TEST_SET: 'now', SPILLWAY_TEST_UNSET: 'too' });
  expect(process.env.SPILLWAY_TEST_SET).toBe('before');
  expect('SPILLWAY_TEST_UNSET' in process.env).toBe(false);
});

it('puts back what was there when that fails', () => {
  vi.stubEnv('SPILLWAY_TEST_SET', 'before');
  const fail = () => {
    throw new Error('no');
  };
  expect(() => withEnvironment({ SPILLWAY_TEST_SET: 'now' }, fail)).toThrow('no');
  expect(process.env.SPILLWAY_TEST_SET).toBe('before');
});
