import { describe, expect, test } from 'vitest';
import { idleCondition, nextCondition, type SourceCondition, type SourceEvent } from './source-state.ts';

const starting: SourceEvent = { type: 'starting', reason: 'FFmpeg starts' };
const live: SourceEvent = { type: 'live' };
const stalled: SourceEvent = { type: 'stalled', reason: 'nothing for 2 s', restart: true };
const retrying: SourceEvent = { type: 'retrying', reason: 'ended with code 1', restart: true };
const failed: SourceEvent = { type: 'failed', reason: 'no such program' };
const stopped: SourceEvent = { type: 'stopped' };

/** Lets events happen one a second. */
function after(...events: SourceEvent[]): SourceCondition {
  return events.reduce(
    (before, event, index) => nextCondition(before, event, 1000 * (index + 1)),
    idleCondition(0),
  );
}

describe('condition of a source', () => {
  test.each<[SourceEvent[], Partial<SourceCondition>]>([
    [[starting], { state: 'starting', since: 1000, reason: 'FFmpeg starts' }],
    [[starting, live], { state: 'live', since: 2000, reason: '', restarts: 0 }],
    [[starting, live, stalled], { state: 'stalled', since: 3000, restarts: 1 }],
    [[starting, live, stalled, live], { state: 'live', since: 4000, restarts: 1 }],
    [[starting, live, retrying, starting, live], { state: 'live', restarts: 1 }],
    [[starting, retrying, retrying], { state: 'retrying', since: 2000, restarts: 2 }],
    [[starting, failed], { state: 'failed', reason: 'no such program' }],
    [[starting, failed, starting], { state: 'starting' }],
    [[starting, live, stopped], { state: 'idle', reason: '' }],
  ])('%j', (events, expected) => {
    expect(after(...events)).toMatchObject(expected);
  });

  test('what has not begun does not stall, but says why it starts again', () => {
    expect(after(starting, stalled)).toEqual({
      state: 'starting',
      since: 1000,
      reason: 'nothing for 2 s',
      restarts: 1,
    });
  });

  test('a note changes neither state nor time', () => {
    const note: SourceEvent = { type: 'note', reason: 'RTP arrives' };
    expect(after(starting, note)).toMatchObject({ state: 'starting', since: 1000, reason: 'RTP arrives' });
  });

  test('late news of a source that is over change nothing', () => {
    for (const over of [after(starting, stopped), after(starting, failed)]) {
      for (const event of [stalled, retrying]) expect(nextCondition(over, event, 9000)).toBe(over);
    }
    const idle = after(starting, stopped);
    expect(nextCondition(idle, live, 9000)).toBe(idle);
  });

  test('a listener that was given up may still come right', () => {
    expect(after(starting, failed, live)).toMatchObject({ state: 'live', reason: '' });
  });

  test('the same news twice change nothing', () => {
    const before = after(starting, live);
    expect(nextCondition(before, live, 9000)).toBe(before);
  });
});
