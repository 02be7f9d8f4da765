import { expect, test } from 'vitest';
import { type AddressAttributes, addressFrom, whepEndpointFrom } from './address.ts';

const none: AddressAttributes = { src: null, server: null, room: null };
const from = (attributes: Partial<AddressAttributes>) =>
  addressFrom({ ...none, ...attributes }, 'https://page.example/blog/', 'https://media.example/');

test('a watch URL goes before server and room', () => {
  expect(from({ src: 'https://host/watch/demo', server: 'https://other', room: 'x' })).toEqual({
    server: new URL('https://host/'),
    room: 'demo',
  });
});

test('room alone is on the server that the script came from', () => {
  expect(from({ room: 'demo' })?.server.href).toBe('https://media.example/');
  expect(from({ room: 'demo', server: 'wss://host/x' })?.server.href).toBe('https://host/x/');
  expect(from({ room: 'demo', server: '/' })?.server.href).toBe('https://page.example/');
});

test.each<Partial<AddressAttributes>>([
  {},
  { server: 'https://host' },
  { room: 'No Name' },
  { src: 'https://host/' },
  { src: 'https://host/watch/NoName' },
  { room: 'demo', server: 'ftp://host' },
])('no room: %j', (attributes) => {
  expect(from(attributes)).toBeUndefined();
});

test('a page of a file has no server of its own', () => {
  expect(addressFrom({ ...none, room: 'demo' }, 'file:///page.html', 'null')).toBeUndefined();
});

test('a WHEP endpoint is any http(s) URL, kept as it is', () => {
  const endpoint = (whep: string) => whepEndpointFrom(whep, 'https://page.example/blog/')?.href;
  expect(endpoint('https://host/rtc/v1/whep/?app=live&stream=x')).toBe(
    'https://host/rtc/v1/whep/?app=live&stream=x',
  );
  expect(endpoint('/whep/demo')).toBe('https://page.example/whep/demo');
  expect(endpoint('wss://host/whep/demo')).toBeUndefined();
  expect(endpoint('https://')).toBeUndefined();
});
