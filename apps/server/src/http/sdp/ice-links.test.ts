import { expect, it } from 'vitest';
import { iceServerLinks } from './ice-links.ts';

it('writes one link for each URL, with the login of TURN in quotes', () => {
  expect(
    iceServerLinks([
      { urls: ['stun:stun.example.net'] },
      {
        urls: ['turn:turn.example.net?transport=udp', 'turns:turn.example.net:443?transport=tcp'],
        username: 'user;1',
        credential: 'my"pass\\word,',
      },
    ]),
  ).toEqual([
    '<stun:stun.example.net>; rel="ice-server"',
    '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user;1"; credential="my\\"pass\\\\word,"; credential-type="password"',
    '<turns:turn.example.net:443?transport=tcp>; rel="ice-server"; username="user;1"; credential="my\\"pass\\\\word,"; credential-type="password"',
  ]);
});

it('leaves out what a header cannot carry', () => {
  expect(
    iceServerLinks([
      { urls: ['stun:a>b.example.net', 'stun:b.example.net'] },
      { urls: ['turn:turn.example.net'], username: 'jürgen€', credential: 'x' },
      { urls: ['turn:turn.example.net'], username: 'a\r\nSet-Cookie: b', credential: 'x' },
    ]),
  ).toEqual(['<stun:b.example.net>; rel="ice-server"']);
});
