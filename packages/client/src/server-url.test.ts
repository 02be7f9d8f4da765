import { expect, test } from 'vitest';
import { apiUrl, parseWatchUrl, serverUrl, signalingUrl, watchUrl } from './server-url.ts';

test.each([
  ['https://host', 'https://host/'],
  ['https://host:8443/live', 'https://host:8443/live/'],
  ['wss://host/live/?a=1#b', 'https://host/live/'],
  ['ws://host:8080', 'http://host:8080/'],
])('%s has the base URL %s', (given, base) => {
  expect(serverUrl(given).href).toBe(base);
});

test('a base URL of another kind is refused', () => {
  expect(() => serverUrl('ftp://host')).toThrow('must start with http');
  expect(() => serverUrl('host')).toThrow(TypeError);
});

test('URLs of a server behind a prefix', () => {
  const server = serverUrl('https://host/live');
  expect(signalingUrl(server, 'demo').href).toBe('wss://host/live/signaling?room=demo');
  expect(apiUrl(server, 'capabilities').href).toBe('https://host/live/api/v1/capabilities');
  expect(watchUrl(server, 'demo').href).toBe('https://host/live/watch/demo');
});

test('signalling without TLS', () => {
  expect(signalingUrl(serverUrl('http://host:8080'), 'demo').href).toBe('ws://host:8080/signaling?room=demo');
});

test.each([
  ['https://host/watch/demo', 'https://host/', 'demo'],
  ['http://host:8080/live/watch/482913/?lang=zh#x', 'http://host:8080/live/', '482913'],
  ['/watch/demo', 'https://page.example/', 'demo'],
])('watch URL %s', (src, server, room) => {
  const address = parseWatchUrl(src, 'https://page.example/a/b');
  expect(address?.server.href).toBe(server);
  expect(address?.room).toBe(room);
});

test.each(['https://host/', 'https://host/watch/', 'file:///watch/demo', 'demo', 'https://host/watch/%ff'])(
  'no watch URL: %s',
  (src) => {
    expect(parseWatchUrl(src)).toBeUndefined();
  },
);
