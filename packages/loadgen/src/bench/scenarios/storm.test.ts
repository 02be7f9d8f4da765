import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { stormResult } from './storm.ts';
import { joinRate, type StormRound } from './storm-round.ts';

/** Visits that begin at different times and take some seconds to join and to play; undefined: never. */
function visits(...each: readonly (readonly [start: number, joined?: number, played?: number])[]) {
  return each.map(([start, joined, firstKeyFrame], viewer) => ({
    viewer,
    room: 'bench_1',
    startedAt: 1e6 * start,
    seconds: 5,
    times: {
      ...(joined === undefined ? {} : { joined }),
      ...(firstKeyFrame === undefined ? {} : { firstKeyFrame }),
    },
  }));
}

function round(part: Partial<StormRound> = {}): StormRound {
  return {
    calm: intervalWith(),
    storm: intervalWith(),
    visits: visits([0, 0.1, 0.5], [0.5, 0.1, 0.9]),
    gone: 0,
    requests: 0,
    ...part,
  };
}

const targetsOf = (spillway: StormRound) => stormResult({ bare: [round()], spillway: [spillway] }).targets;

test('joins a second are counted from the first arrival to the last one let in', () => {
  expect(joinRate(visits([10, 0.1], [10.5, 0.5], [10.6]))).toBeCloseTo(2);
});

test('the last viewer to play decides', () => {
  const [all] = targetsOf(round());
  expect(all).toMatchObject({ measured: '900 ms', met: true });
});

test('one who never plays is no one who plays soon', () => {
  const [all] = targetsOf(round({ visits: visits([0, 0.1, 0.5], [0, 0.1]) }));
  expect(all?.met).toBe(false);
});

test('freezes count as the storm’s where there were none before it', () => {
  const frozen = intervalWith({ freezes: 2 });
  expect(targetsOf(round({ storm: frozen }))[1]).toMatchObject({ measured: '2', met: false });
  expect(targetsOf(round({ storm: frozen, calm: frozen }))[1]).toMatchObject({ measured: '0', met: true });
});
