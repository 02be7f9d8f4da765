import { expect, test } from 'vitest';
import { keyAction } from './keys.ts';

const press = (key: string, change: object = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...change,
});

test.each([
  [' ', 'togglePlay'],
  ['k', 'togglePlay'],
  ['M', 'toggleMute'],
  ['f', 'toggleFullscreen'],
  ['p', 'togglePictureInPicture'],
  ['i', 'toggleStats'],
  ['x', undefined],
  ['Enter', undefined],
])('key "%s": %s', (key, action) => {
  expect(keyAction(press(key), false)).toBe(action);
});

test('the browser keeps its shortcuts', () => {
  expect(keyAction(press('f', { ctrlKey: true }), false)).toBeUndefined();
  expect(keyAction(press('p', { metaKey: true }), false)).toBeUndefined();
});

test('the space key belongs to a focused control', () => {
  expect(keyAction(press(' '), true)).toBeUndefined();
  expect(keyAction(press('k'), true)).toBe('togglePlay');
});
