import { expect, it } from 'vitest';
import { baseUrls } from './base-urls.ts';

const addresses = ['192.0.2.5', '2001:db8::5', '127.0.0.1', '::1'];

it('names this machine first, then its networks', () => {
  expect(baseUrls({ host: '::', port: 8080 }, addresses)).toEqual([
    'http://localhost:8080',
    'http://192.0.2.5:8080',
    'http://[2001:db8::5]:8080',
  ]);
});

it('names only what is listened on', () => {
  expect(baseUrls({ host: '0.0.0.0', port: 80 }, addresses)).toEqual([
    'http://localhost:80',
    'http://192.0.2.5:80',
  ]);
  expect(baseUrls({ host: '127.0.0.1', port: 80 }, addresses)).toEqual(['http://127.0.0.1:80']);
  expect(baseUrls({ host: '2001:db8::5', port: 80 }, addresses)).toEqual(['http://[2001:db8::5]:80']);
});
