import { describe, expect, it } from 'vitest';
import { isRoomName, parseFragment, parseStored } from './credential.ts';

describe('parseFragment', () => {
  it('takes the operator token and a room', () => {
    expect(parseFragment('#token=abc%2B1&room=demo')).toEqual({
      credential: { kind: 'token', value: 'abc+1', room: 'demo' },
      room: 'demo',
    });
  });

  it('takes a publish key', () => {
    expect(parseFragment('#key=secret').credential).toEqual({
      kind: 'key',
      value: 'secret',
      room: undefined,
    });
  });

  it('passes over what can be neither credential nor room', () => {
    expect(parseFragment('')).toEqual({});
    expect(parseFragment('#token=')).toEqual({});
    expect(parseFragment(`#token=${'x'.repeat(300)}`)).toEqual({});
    expect(parseFragment('#room=../x')).toEqual({});
    expect(parseFragment('#room=demo')).toEqual({ room: 'demo' });
  });
});

describe('parseStored', () => {
  it('reads what was stored', () => {
    const credential = { kind: 'key' as const, value: 'secret', room: 'demo' };
    expect(parseStored(JSON.stringify(credential))).toEqual(credential);
  });

  it('survives anything else', () => {
    for (const text of [null, '', '1', '{}', '{"kind":"token"}', '{"kind":"x","value":"y"}', '[]']) {
      expect(parseStored(text)).toBeUndefined();
    }
  });
});

it('knows names of rooms', () => {
  expect(['demo', '123456', 'living_room-2'].every(isRoomName)).toBe(true);
  expect(['', 'Demo', 'a b', 'x'.repeat(65)].some(isRoomName)).toBe(false);
});
