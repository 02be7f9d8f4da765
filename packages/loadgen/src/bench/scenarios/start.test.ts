import { expect, test } from 'vitest';
import { visitsWith } from '../test-support/visits.ts';
import { type StartMeasured, startResult } from './start.ts';
import type { StartRound } from './start-round.ts';

/** A crowd of two, who wait so many seconds for a key frame and as many again for the present. */
function round(seconds: number, requests = 0): StartRound {
  const times = { transport: 1, firstKeyFrame: 1 + seconds, firstPresent: 1 + 2 * seconds };
  return { visits: visitsWith(times, times), requests, saturated: false };
}

function measured(interval: number, without: StartRound, with_?: StartRound): StartMeasured {
  const rounds = { without: [without], with: with_ ? [with_] : [] };
  return { interval, bitrate: 300_000, within: 1, crowds: 1, rounds };
}

test('the slowest of the short intervals decides, a longer one does not', () => {
  const result = startResult([
    measured(1, round(0.5, 1), round(0.02)),
    measured(4, round(2, 1), round(0.1)),
    measured(10, round(5, 1), round(0.3)),
  ]);
  expect(result.targets.map(({ measured, met }) => [measured, met])).toEqual([
    ['100 ms', true],
    ['200 ms', false],
    ['0', true],
  ]);
});

test('the longest interval for which something is wanted is what is read', () => {
  const { reading } = startResult([measured(4, round(2, 2), round(0.1)), measured(10, round(5), round(1))]);
  expect(reading).toMatch(/every 4 s, .* present 200 ms after .* without the cache 4000 ms; .* 0.00 .* 100./);
});

test('both sides stand beside each other, requests by a hundred joins', () => {
  const [keyFrame, present, source] = startResult([measured(4, round(2, 3), round(0.1))]).tables;
  expect(keyFrame?.rows).toEqual([
    ['4 s', '0.3', '100', '2000 ms', '2000 ms', '2000 ms', '100 ms', '100 ms', '100 ms'],
  ]);
  expect(present?.rows[0]?.slice(3, 4)).toEqual(['4000 ms']);
  expect(source?.rows[0]?.slice(3, 5)).toEqual(['150', '0.00']);
});

test('of a worker without the feature nothing is claimed', () => {
  const { targets, tables, reading } = startResult([measured(4, round(2))]);
  expect(targets).toEqual([]);
  expect(tables[0]?.head).toHaveLength(6);
  expect(reading).toContain('lacks gop-cache');
});
