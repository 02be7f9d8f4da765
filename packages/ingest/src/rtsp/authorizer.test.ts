import { describe, expect, test } from 'vitest';
import { Authorizer, readChallenges } from './authorizer.ts';

const login = { username: 'admin', password: 'secret' };
const MD5 = 'Digest realm="cam", nonce="one"';

function field(header: string | undefined, name: string): string {
  return new RegExp(`${name}="?([^",]*)`).exec(header ?? '')?.[1] ?? '';
}

describe('a signature', () => {
  test('is of the scheme that was asked for', () => {
    const authorizer = new Authorizer(login);
    expect(authorizer.sign('OPTIONS', 'rtsp://cam/')).toBeUndefined();
    expect(authorizer.handleRefused(['Basic realm="cam"'], undefined)).toBe(true);
    expect(authorizer.sign('OPTIONS', 'rtsp://cam/')?.header).toBe('Basic YWRtaW46c2VjcmV0');
  });

  test('is by RFC 2069 where no qop is offered', () => {
    const authorizer = new Authorizer({ username: 'Mufasa', password: 'CircleOfLife' });
    const challenge =
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"';
    authorizer.handleRefused([challenge], undefined);
    const header = authorizer.sign('GET', '/dir/index.html')?.header;
    // The well-known answer to these values.
    expect(field(header, 'response')).toBe('1949323746fe6a43ef61f9606e7febea');
    expect(field(header, 'opaque')).toBe('5ccc');
    expect(header).not.toContain('qop');
    expect(header).not.toContain('algorithm');
  });

  test('counts its uses of a nonce where qop is offered', () => {
    const authorizer = new Authorizer(login);
    authorizer.handleRefused(
      ['Digest realm="cam", qop="auth-int, auth", nonce="n", algorithm=SHA-256'],
      undefined,
    );
    const headers = ['OPTIONS', 'DESCRIBE'].map((method) => authorizer.sign(method, 'rtsp://cam/')?.header);
    expect(headers.map((header) => field(header, 'nc'))).toEqual(['00000001', '00000002']);
    expect(field(headers[0], 'response')).toMatch(/^[0-9a-f]{64}$/);
    expect(field(headers[0], 'cnonce')).not.toBe(field(headers[1], 'cnonce'));
    expect(headers[0]).toContain('algorithm=SHA-256, qop=auth, nc=');
  });

  test('quotes what could end a value', () => {
    const authorizer = new Authorizer({ username: 'a"b\\c', password: 'x' });
    authorizer.handleRefused(['Digest realm="c\\"am", nonce="one"'], undefined);
    const header = authorizer.sign('OPTIONS', 'rtsp://cam/')?.header;
    expect(header).toContain('username="a\\"b\\\\c", realm="c\\"am"');
  });
});

describe('another try', () => {
  test('is of no use without credentials, or with a challenge that cannot be met', () => {
    expect(new Authorizer(undefined).handleRefused([MD5], undefined)).toBe(false);
    expect(new Authorizer(login).handleRefused([], undefined)).toBe(false);
    expect(
      new Authorizer(login).handleRefused(
        ['Negotiate', 'Digest realm="a", nonce="b", algorithm=SHA-1'],
        undefined,
      ),
    ).toBe(false);
  });

  test('is of no use when the password is wrong, whatever the nonce', () => {
    const authorizer = new Authorizer(login);
    authorizer.handleRefused([MD5], undefined);
    const signature = authorizer.sign('DESCRIBE', 'rtsp://cam/');
    expect(authorizer.handleRefused([MD5], signature)).toBe(false);
    expect(authorizer.handleRefused(['Digest realm="cam", nonce="two"'], signature)).toBe(false);
  });

  test('is made when the nonce is stale, said or not', () => {
    const authorizer = new Authorizer(login);
    authorizer.handleRefused([MD5], undefined);
    const first = authorizer.sign('DESCRIBE', 'rtsp://cam/');
    expect(authorizer.handleRefused(['Digest realm="cam", nonce="two", stale=TRUE'], first)).toBe(true);
    const second = authorizer.sign('DESCRIBE', 'rtsp://cam/');
    expect(field(second?.header, 'nonce')).toBe('two');
    authorizer.handleAccepted(second);
    expect(authorizer.handleRefused(['Digest realm="cam", nonce="three"'], second)).toBe(true);
    const third = authorizer.sign('DESCRIBE', 'rtsp://cam/');
    expect(authorizer.handleRefused(['Digest realm="cam", nonce="four"'], third)).toBe(false);
  });

  test('is made when the challenge has changed meanwhile', () => {
    const authorizer = new Authorizer(login);
    authorizer.handleRefused([MD5], undefined);
    const early = authorizer.sign('DESCRIBE', 'rtsp://cam/');
    authorizer.handleRefused(
      ['Digest realm="cam", nonce="two", stale=true'],
      authorizer.sign('OPTIONS', 'rtsp://cam/'),
    );
    expect(authorizer.handleRefused([], early)).toBe(true);
  });
});

test('challenges are read in all their forms', () => {
  const read = (value: string) =>
    readChallenges(value).map(({ scheme, hash, realm, qop }) => [scheme, hash, realm, qop]);
  expect(read('Basic realm="a", Digest realm="b, digest", nonce="n", qop="auth"')).toEqual([
    ['basic', 'md5', 'a', false],
    ['digest', 'md5', 'b, digest', true],
  ]);
  expect(read('digest realm=a,nonce=b,algorithm="sha-256"')).toEqual([['digest', 'sha256', 'a', false]]);
  expect(read('Basic')).toEqual([['basic', 'md5', '', false]]);
  expect(read('Digest realm="a", nonce="b", qop="auth-int"')).toEqual([]);
  expect(read('')).toEqual([]);
  const strongest = new Authorizer(login);
  strongest.handleRefused(
    ['Basic realm="a"', MD5, 'Digest realm="a", nonce="sha", algorithm=SHA-256'],
    undefined,
  );
  expect(field(strongest.sign('OPTIONS', 'a')?.header, 'nonce')).toBe('sha');
});
