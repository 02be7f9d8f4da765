import { expect, it } from 'vitest';
import { readCounters, workerCounters } from './worker-counters.ts';

const features = ['gop-cache', 'segmented-sends'];
const nothing = readCounters([], features);

it('reads the counters among the ids', () => {
  const entries = ['0ea2f3d4-id', 'counter:gop-cache.starts=12', 'counter:segmented-sends.calls=3', 'b'];
  expect(readCounters(entries, features)).toEqual({
    ...nothing,
    'gop-cache.starts': 12,
    'segmented-sends.calls': 3,
  });
});

it('has all of a feature that has counted nothing yet, and none of a feature that is not there', () => {
  expect(Object.entries(nothing)).toEqual(workerCounters.map((name) => [name, 0]));
  const entries = ['counter:gop-cache.starts=12', 'counter:segmented-sends.calls=3'];
  expect(readCounters(entries, [])).toEqual({});
  expect(readCounters(entries, ['segmented-sends'])).toEqual({
    'segmented-sends.datagrams': 0,
    'segmented-sends.calls': 3,
    'segmented-sends.fallbacks': 0,
    'segmented-sends.queued': 0,
  });
});

it('knows all names that it lists', () => {
  const entries = workerCounters.map((name, index) => `counter:${name}=${index}`);
  expect(Object.values(readCounters(entries, features))).toEqual(workerCounters.map((_name, index) => index));
});

it('passes over what is unknown or no number', () => {
  const entries = [
    'counter:gop-cache.other=1',
    'counter:__proto__=1',
    'counter:gop-cache.starts=',
    'counter:gop-cache.starts=-1',
    'counter:gop-cache.starts=1.5',
    'counter:gop-cache.starts=0x10',
    'counter:gop-cache.starts=1\n',
    'a counter:gop-cache.starts=1',
    `counter:gop-cache.starts=${'9'.repeat(21)}`,
  ];
  expect(readCounters(entries, features)).toEqual(nothing);
});

it('takes the largest number that a worker can count to', () => {
  const entries = ['counter:gop-cache.bytes=18446744073709551615'];
  expect(readCounters(entries, features)['gop-cache.bytes']).toBe(2 ** 64);
});
