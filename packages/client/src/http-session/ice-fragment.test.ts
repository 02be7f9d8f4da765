import { expect, test } from 'vitest';
import { applyIceFragment, writeIceFragment } from './ice-fragment.ts';

const sdp = (lines: string[]) => lines.map((line) => `${line}\r\n`).join('');

const offer = sdp([
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'a=ice-options:trickle',
  'a=mid:0',
  'a=recvonly',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'a=mid:1',
]);

test('tells of the section that bears the bundle', () => {
  const candidate = 'candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host';
  expect(writeIceFragment(offer, [candidate], true)).toBe(
    sdp([
      'a=ice-options:trickle',
      'a=group:BUNDLE 0 1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=mid:0',
      'a=ice-ufrag:EsAw',
      'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
      `a=${candidate}`,
      'a=end-of-candidates',
    ]),
  );
});

test('that section need not be the first, and may have its credentials from the session', () => {
  const other = sdp([
    'v=0',
    'a=group:BUNDLE 1',
    'a=ice-ufrag:session',
    'a=ice-pwd:password',
    'm=audio 0 UDP/TLS/RTP/SAVPF 0',
    'a=mid:0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=mid:1',
  ]);
  expect(writeIceFragment(other, [], false)).toBe(
    sdp([
      'a=group:BUNDLE 1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=mid:1',
      'a=ice-ufrag:session',
      'a=ice-pwd:password',
    ]),
  );
});

test('a description without media has no fragment', () => {
  expect(() => writeIceFragment('v=0\r\n', [], false)).toThrow('no media section');
});

const answer = sdp([
  'v=0',
  'a=ice-lite',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=ice-ufrag:old',
  'a=ice-pwd:oldpassword',
  'a=candidate:1 1 UDP 2130706431 198.51.100.1 39132 typ host',
  'a=end-of-candidates',
  'a=mid:0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=ice-ufrag:old',
  'a=ice-pwd:oldpassword',
  'a=mid:1',
]);

test('a restart gives all sections the new credentials, and the new candidates for the old', () => {
  const fragment = sdp([
    'a=ice-lite',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=mid:0',
    'a=ice-ufrag:new',
    'a=ice-pwd:newpassword',
    'a=candidate:2 1 UDP 2130706431 198.51.100.2 39133 typ host',
  ]);
  expect(applyIceFragment(answer, fragment)).toBe(
    sdp([
      'v=0',
      'a=ice-lite',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=ice-ufrag:new',
      'a=ice-pwd:newpassword',
      'a=mid:0',
      'a=candidate:2 1 UDP 2130706431 198.51.100.2 39133 typ host',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=ice-ufrag:new',
      'a=ice-pwd:newpassword',
      'a=mid:1',
    ]),
  );
});

test('a restart without candidates keeps those of before', () => {
  const renewed = applyIceFragment(answer, 'a=ice-ufrag:new\na=ice-pwd:newpassword\n');
  expect(renewed).toContain('a=candidate:1 ');
  expect(renewed).not.toContain('old');
});

test('a restart without credentials is none', () => {
  expect(() => applyIceFragment(answer, 'a=ice-ufrag:new\r\n')).toThrow('no credentials');
});
