import { expect, it } from 'vitest';
import { parseTestOptions } from './options.ts';

it('has defaults', () => {
  expect(parseTestOptions([])).toEqual({
    stock: false,
    sanitize: false,
    worker: undefined,
    jobs: undefined,
    testArguments: [],
  });
});

it('hands what is not its own to the test program', () => {
  expect(parseTestOptions(['--stock', '--jobs', '2', '[rtp]', '--', '-r', 'junit'])).toMatchObject({
    stock: true,
    jobs: 2,
    testArguments: ['[rtp]', '-r', 'junit'],
  });
  expect(parseTestOptions(['--sanitize', '--worker', '/tmp/w'])).toMatchObject({
    sanitize: true,
    worker: '/tmp/w',
  });
});

it.each([
  [['--jobs', '0'], /--jobs is "0"/],
  [['--sanitise'], /--sanitise/],
  [['--worker', '/tmp/w', '[rtp]'], /no tests are run/],
])('refuses %j', (args, complaint) => {
  expect(() => parseTestOptions(args)).toThrow(complaint);
});
