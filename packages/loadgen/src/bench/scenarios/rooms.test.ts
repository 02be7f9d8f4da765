import { expect, test } from 'vitest';
import { type RoomsState, roomsResult } from './rooms.ts';

const state = (rooms: number, node: number): RoomsState => ({
  rooms,
  broadcasting: false,
  startSeconds: 1,
  node,
  workers: 20e6,
  heap: node / 2,
  nodeCores: 0.01,
  workerCores: 0.02,
});

test('a room takes what many take more than one', () => {
  const [table] = roomsResult([state(1, 100e6), state(1001, 150e6)]).tables;
  expect(table?.rows.find(([name]) => name === 'Node, a room')).toEqual(['Node, a room', '-', '50.0 kB']);
  expect(table?.rows.find(([name]) => name === 'heap, a room')).toEqual(['heap, a room', '-', '25.0 kB']);
});
