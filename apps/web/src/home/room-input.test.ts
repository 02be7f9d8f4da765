import { expect, test } from 'vitest';
import { roomFromInput } from './room-input.ts';

test.each([
  ['482 913', '482913'],
  [' Living_Room ', 'living_room'],
  ['https://host/watch/demo', 'demo'],
])('"%s" means %s', (text, room) => {
  expect(roomFromInput(text)).toBe(room);
});

test.each(['', '   ', 'Käse', 'a/b', 'https://host/', 'x'.repeat(65)])('"%s" means no room', (text) => {
  expect(roomFromInput(text)).toBeUndefined();
});
