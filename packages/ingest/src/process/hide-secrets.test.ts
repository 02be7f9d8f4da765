import { expect, test } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';

test('hides every occurrence, also where one secret holds another', () => {
  const secrets = ['pass', 'admin:passport', ''];
  expect(hideSecrets('rtsp://admin:passport@cam says pass, pass', secrets)).toBe(
    'rtsp://***@cam says ***, ***',
  );
});

test('takes a secret as it is, not as a pattern', () => {
  expect(hideSecrets('a.b a+b', ['a.b', 'a+b'])).toBe('*** ***');
});
