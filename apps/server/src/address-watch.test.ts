import { expect, it } from 'vitest';
import { addressChange } from './address-watch.ts';

it('says which addresses came and went', () => {
  expect(addressChange(['192.0.2.5', '127.0.0.1'], ['127.0.0.1', '192.0.2.5'])).toBeUndefined();
  expect(addressChange(['192.0.2.5', '127.0.0.1'], ['192.0.2.9', '127.0.0.1'])).toBe(
    'gone: 192.0.2.5; new: 192.0.2.9',
  );
});
