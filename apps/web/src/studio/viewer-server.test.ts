import { expect, it } from 'vitest';
import { findViewerServer, isLoopback } from './viewer-server.ts';

it.each([
  ['http://localhost:8080/', true],
  ['http://127.0.0.1:8080/', true],
  ['http://[::1]:8080/', true],
  ['http://192.0.2.5:8080/', false],
  ['https://live.example.com/', false],
])('%s is the machine itself: %s', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});

it('keeps an address that others can open, and its own where the server does not answer', async () => {
  const shared = new URL('https://live.example.com/');
  expect(await findViewerServer(shared, 'x')).toBe(shared);
  const alone = new URL('http://127.0.0.1:9/');
  expect(await findViewerServer(alone, 'x')).toBe(alone);
});
