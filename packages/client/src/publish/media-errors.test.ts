import { describe, expect, it } from 'vitest';
import { mediaErrorCode } from './media-errors.ts';

const named = (name: string) => new DOMException('', name);

describe('mediaErrorCode', () => {
  it('tells apart what the user can mend', () => {
    expect(mediaErrorCode('camera', named('NotAllowedError'))).toBe('denied');
    expect(mediaErrorCode('camera', named('NotReadableError'))).toBe('busy');
    expect(mediaErrorCode('microphone', named('NotFoundError'))).toBe('missing');
    expect(mediaErrorCode('camera', named('OverconstrainedError'))).toBe('over-constrained');
    expect(mediaErrorCode('camera', named('NotSupportedError'))).toBe('unsupported');
  });

  it('reads a refused screen as a closed chooser', () => {
    expect(mediaErrorCode('screen', named('NotAllowedError'))).toBe('dismissed');
  });

  it('has a word for everything else', () => {
    expect(mediaErrorCode('camera', new TypeError('x'))).toBe('failed');
    expect(mediaErrorCode('camera', 'odd')).toBe('failed');
  });
});
