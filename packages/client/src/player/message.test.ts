import { expect, test } from 'vitest';
import { type MessageFacts, playerMessage } from './message.ts';

const playing: MessageFacts = {
  state: 'live',
  hasPicture: true,
  hasVideo: true,
  hasAudio: true,
  paused: false,
  codec: '',
  reason: '',
};

test('nothing while the picture plays, or is paused', () => {
  expect(playerMessage(playing)).toBeUndefined();
  expect(playerMessage({ ...playing, hasPicture: false, paused: true })).toBeUndefined();
});

test('the last frame stays visible while something mends itself', () => {
  for (const state of ['interrupted', 'reconnecting'] as const) {
    expect(playerMessage({ ...playing, state })).toMatchObject({ title: state, form: 'note', busy: true });
    expect(playerMessage({ ...playing, state, hasPicture: false })).toMatchObject({ form: 'cover' });
  }
});

test('before the first frame', () => {
  expect(playerMessage({ ...playing, hasPicture: false })).toMatchObject({ title: 'connecting', busy: true });
  expect(playerMessage({ ...playing, hasPicture: false, hasVideo: false })).toMatchObject({
    title: 'audioOnly',
  });
});

test('names the codec, and the reason of an end', () => {
  expect(playerMessage({ ...playing, state: 'unsupported', codec: 'AV1' })).toMatchObject({
    form: 'cover',
    values: { codec: 'AV1' },
  });
  expect(playerMessage({ ...playing, state: 'ended', reason: 'removed' })).toMatchObject({
    detail: 'removed',
  });
});

test('without a room', () => {
  expect(playerMessage({ ...playing, state: null })).toMatchObject({ title: 'noAddress' });
});

test('tells a place, or when it comes back', () => {
  const joining = { ...playing, state: 'connecting', hasPicture: false } as const;
  expect(playerMessage({ ...joining, waiting: { place: 57 } })).toEqual({
    ...{ title: 'queued', hint: 'queuedHint', values: { place: '57' } },
    ...{ form: 'cover', busy: true },
  });
  expect(playerMessage({ ...joining, state: 'reconnecting', waiting: { seconds: 8 } })).toMatchObject({
    ...{ title: 'sentAway', hint: 'sentAwayHint', values: { seconds: '8' } },
  });
  expect(playerMessage({ ...playing, state: 'ended', waiting: { place: 1 } })).toMatchObject({
    title: 'ended',
  });
});
