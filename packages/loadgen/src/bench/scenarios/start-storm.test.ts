import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { visitsWith } from '../test-support/visits.ts';
import { startStormResult } from './start-storm.ts';
import { ARRIVING, type StormRound } from './storm-round.ts';

function round(playing: number, part: Partial<StormRound> = {}): StormRound {
  const times = { joined: 0.5, transport: 0.5, firstKeyFrame: 0.6, firstPresent: 0.6 };
  const visits = visitsWith(...Array.from({ length: playing }, () => times));
  return { calm: intervalWith(), storm: intervalWith(), visits, gone: 0, requests: 0, ...part };
}

const outcomes = (cached: StormRound) =>
  startStormResult({ without: [round(ARRIVING)], with: [cached] }).targets.map(({ met }) => met);

test('all play, nobody asks for a key frame, nobody freezes', () => {
  expect(outcomes(round(ARRIVING))).toEqual([true, true, true]);
  expect(outcomes(round(ARRIVING - 1))).toEqual([false, true, true]);
  expect(outcomes(round(ARRIVING, { requests: 1 }))).toEqual([true, false, true]);
  expect(outcomes(round(ARRIVING, { storm: intervalWith({ freezes: 1 }) }))).toEqual([true, true, false]);
});

test('of a worker without the feature nothing is claimed', () => {
  const { targets, tables, reading } = startStormResult({ without: [round(ARRIVING)], with: [] });
  expect(targets).toEqual([]);
  expect(tables[0]?.head).toEqual(['', 'without']);
  expect(reading).toContain('lacks gop-cache');
});
