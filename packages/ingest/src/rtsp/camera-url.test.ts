import { describe, expect, test } from 'vitest';
import { InputError } from '../input.ts';
import { parseCameraUrl } from './camera-url.ts';

const parse = (url: string, more: { username?: string; password?: string } = {}) =>
  parseCameraUrl({ type: 'rtsp', url, ...more });

describe("a camera's URL", () => {
  test.each([
    ['rtsp://cam', 'cam', 554, false, 'rtsp://cam'],
    ['rtsps://cam/', 'cam', 322, true, 'rtsps://cam/'],
    ['RTSP://cam:8554/Live//x?a=1&b=%20#c', 'cam', 8554, false, 'rtsp://cam:8554/Live//x?a=1&b=%20#c'],
    ['rtsp://[2001:db8::1]:554/a', '2001:db8::1', 554, false, 'rtsp://[2001:db8::1]:554/a'],
    ['rtsp://a:b@cam/"\\', 'cam', 554, false, 'rtsp://cam/%22%5C'],
    ['rtsp://a:b@cam?x=@', 'cam', 554, false, 'rtsp://cam?x=@'],
  ])('%s', (url, host, port, tls, base) => {
    expect(parse(url)).toMatchObject({ host, port, tls, base });
  });

  test.each([
    'rtsp://',
    'rtsp:///a',
    'rtsp://:554/',
    'rtsp://cam:0',
    'rtsp://cam:70000',
    'rtsp://cam:x',
    'rtsp://[::1',
    'rtsp://a:p/w@cam/x',
    'http://cam/',
  ])('%s is none, which is final', (url) => {
    expect(() => parse(url)).toThrow(InputError);
    expect(() => parse(url)).not.toThrow('p/w');
  });
});

describe('credentials', () => {
  test('may hold what people write', () => {
    const of = (url: string) => parse(url).credentials;
    expect(of('rtsp://cam/')).toBeUndefined();
    expect(of('rtsp://admin@cam/')).toEqual({ username: 'admin', password: '' });
    expect(of('rtsp://a%40b:p%2Fw%3F@cam/')).toEqual({ username: 'a@b', password: 'p/w?' });
    expect(of('rtsp://a:p@s:s#100%@cam/')).toEqual({ username: 'a', password: 'p@s:s#100%' });
  });

  test('beside the URL win, and are taken as they are', () => {
    expect(parse('rtsp://a:b@cam/', { password: '%41' }).credentials).toEqual({
      username: 'a',
      password: '%41',
    });
    expect(parse('rtsp://cam/', { username: 'u' }).credentials).toEqual({ username: 'u', password: '' });
  });

  test('are told as secrets in all forms', () => {
    const { secrets, shown } = parse('rtsp://admin:p%40ssw@cam/user=a_password=hunter2_channel=1');
    expect(shown).toBe('rtsp://cam/user=a_password=***_channel=1');
    expect(secrets).toEqual(
      expect.arrayContaining([
        'p%40ssw',
        'p@ssw',
        'admin:p%40ssw',
        'admin:p@ssw',
        'hunter2',
        'YWRtaW46cEBzc3c=',
      ]),
    );
    expect(secrets).toContain('rtsp://admin:p%40ssw@cam/user=a_password=hunter2_channel=1');
    expect(parse('rtsp://cam/live').secrets).toEqual([]);
    expect(parse('rtsp://a:1@cam/live').secrets).not.toContain('1');
  });
});
