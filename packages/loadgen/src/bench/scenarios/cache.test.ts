import { expect, test } from 'vitest';
import { cacheResult } from './cache.ts';
import type { RoomsState } from './rooms.ts';

function state(workers: number): RoomsState {
  return {
    rooms: 100,
    broadcasting: true,
    startSeconds: 1,
    node: 200e6,
    workers,
    heap: 50e6,
    nodeCores: 0.01,
    workerCores: 0.1,
  };
}

test('a room takes its part of what the worker holds more', () => {
  const [table] = cacheResult({
    without: [state(20e6), state(22e6)],
    with: [state(70e6), state(72e6)],
  }).tables;
  expect(table?.rows.at(-1)).toEqual(['the cache, a room', '', '500 kB']);
});

test('of a worker without the feature nothing is claimed', () => {
  const { tables, reading } = cacheResult({ without: [state(20e6)], with: [] });
  expect(tables[0]?.rows.map(([name]) => name)).toEqual(['resident', 'CPU, of one core']);
  expect(reading).toContain('lacks gop-cache');
});
