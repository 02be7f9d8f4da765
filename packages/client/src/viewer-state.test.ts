import { expect, test } from 'vitest';
import { type ViewerFacts, viewerState } from './viewer-state.ts';

const playing: ViewerFacts = {
  closing: undefined,
  connected: true,
  queued: false,
  disturbed: false,
  playback: { state: 'live', kinds: ['audio', 'video'] },
  path: 'up',
};

test.each<[string, Partial<ViewerFacts>]>([
  ['live', {}],
  ['live', { playback: { state: 'live', kinds: [] }, path: 'new' }],
  ['connecting', { connected: false, playback: undefined, path: 'new' }],
  ['connecting', { playback: undefined, path: 'new' }],
  ['connecting', { path: 'new' }],
  ['connecting', { queued: true, playback: { state: 'offline', kinds: [] }, path: 'new' }],
  ['connecting', { queued: true, playback: undefined, path: 'new' }],
  ['reconnecting', { connected: false }],
  ['reconnecting', { connected: false, disturbed: true, playback: undefined }],
  ['reconnecting', { path: 'down' }],
  ['reconnecting', { path: 'new', disturbed: true }],
  ['offline', { playback: { state: 'offline', kinds: [] }, path: 'down' }],
  ['interrupted', { playback: { state: 'interrupted', kinds: [] } }],
  ['unsupported', { playback: { state: 'live', kinds: ['audio', 'video'], unsupportedCodec: 'AV1' } }],
  ['unsupported', { playback: { state: 'live', kinds: ['video'], unsupportedCodec: 'AV1' }, path: 'new' }],
  ['ended', { closing: { code: 'closed', reason: '' } }],
])('%s: %j', (state, facts) => {
  expect(viewerState({ ...playing, ...facts })).toBe(state);
});
