import { expect, test } from 'vitest';
import { extensionOf, iceServersOf, parseLinks } from './link-header.ts';

test('reads several links out of one header', () => {
  expect(
    parseLinks('<stun:stun.example.net>; rel="ice-server", </next>; rel=next; title="a, b; \\"c\\""'),
  ).toEqual([
    { url: 'stun:stun.example.net', rel: ['ice-server'], parameters: {} },
    { url: '/next', rel: ['next'], parameters: { title: 'a, b; "c"' } },
  ]);
});

test('gives the ICE servers as WebRTC takes them', () => {
  const links = parseLinks(
    [
      '<stun:stun.example.net>; rel="ice-server"',
      '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; credential="my, \\"pass\\""; credential-type="password"',
      '<turns:turn.example.net>; rel=ice-server',
      '<https://example.net>; rel="ice-server"',
      '<stun:other.example.net>; rel="other"',
    ].join(', '),
  );
  expect(iceServersOf(links)).toEqual([
    { urls: 'stun:stun.example.net' },
    { urls: 'turn:turn.example.net?transport=udp', username: 'user', credential: 'my, "pass"' },
  ]);
});

test('finds extensions, also where the semicolon is forgotten as in the draft', () => {
  const base = new URL('https://whep.example.org/whep/demo');
  const links = parseLinks(
    '</s/1/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events" events="active, layers", <https://other/layer>; rel="urn:ietf:params:whep:ext:core:layer"',
  );
  expect(extensionOf(links, 'server-sent-events', base)).toEqual({
    url: new URL('https://whep.example.org/s/1/sse'),
    events: ['active', 'layers'],
  });
  expect(extensionOf(links, 'layer', base)).toEqual({ url: new URL('https://other/layer'), events: [] });
  expect(extensionOf(links, 'scte35', base)).toBeUndefined();
});

test.each([
  ['nothing', null, 0],
  ['an empty header', '', 0],
  ['no link', 'nonsense', 0],
  ['a link without an end', '<https://a', 0],
  ['a quote without an end', '<a>; rel="b, <c>; rel=d', 2],
  ['what is wrong before a link', 'nonsense, <a>; rel=b', 1],
  ['what is wrong after a link', '<a>; rel=b @@@, <c>; rel=d', 2],
])('takes what is usable of %s', (_, header, count) => {
  expect(parseLinks(header)).toHaveLength(count);
});

test.each([
  ['links', '<a>; rel=b, '.repeat(100_000)],
  ['spaces', `<a>${' '.repeat(1_000_000)}`],
  ['semicolons', `<a>${'; '.repeat(500_000)}`],
  ['quotes', `<a>; b="${'\\'.repeat(1_000_000)}`],
])('reads no endless %s', (_, header) => {
  expect(parseLinks(header).length).toBeLessThanOrEqual(32);
});
