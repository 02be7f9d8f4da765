import { expect, test } from 'vitest';
import { type WhepFacts, whepState } from './whep-state.ts';

const fresh: WhepFacts = {
  closing: undefined,
  paused: false,
  offline: false,
  active: true,
  disturbed: false,
  path: 'new',
};

test.each<[string, Partial<WhepFacts>]>([
  ['connecting', {}],
  ['reconnecting', { disturbed: true }],
  ['live', { path: 'up' }],
  ['live', { path: 'up', disturbed: true }],
  ['reconnecting', { path: 'down' }],
  ['offline', { offline: true }],
  ['offline', { offline: true, disturbed: true }],
  ['offline', { path: 'up', active: false }],
  ['reconnecting', { path: 'down', active: false }],
  ['live', { paused: true }],
  ['live', { paused: true, path: 'down' }],
  ['ended', { closing: { code: 'closed', reason: '' }, path: 'up', paused: true }],
])('%s: %j', (state, facts) => {
  expect(whepState({ ...fresh, ...facts })).toBe(state);
});
