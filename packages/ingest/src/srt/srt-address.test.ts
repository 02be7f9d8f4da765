import { describe, expect, test } from 'vitest';
import { srtPushAddress, srtUrl } from './srt-address.ts';
import { readSrtLine } from './srt-words.ts';

describe('addresses', () => {
  test('tell encoders the latency in microseconds', () => {
    const to = { address: '192.0.2.1', port: 42_010, passphrase: 'abc.def_ghi~0', latencyMs: 200 };
    expect(srtPushAddress(to)).toEqual({
      url: 'srt://192.0.2.1:42010?mode=caller&latency=200000&passphrase=abc.def_ghi~0',
      key: 'abc.def_ghi~0',
    });
  });

  test('hold IPv6 and nothing that could end a parameter or a quoted string', () => {
    expect(srtUrl({ address: '2001:db8::1', port: 9000 }, { passphrase: "a&b='c\n%" })).toBe(
      'srt://[2001:db8::1]:9000?passphrase=a%26b%3D%27c%0A%25',
    );
  });
});

test('lines of libsrt and FFmpeg are understood', () => {
  expect(readSrtLine('16:00:13.9/SRT:RcvQ:w1!W:SRT.cn: rsp(REJECT): 1010 - Incorrect passphrase')).toEqual({
    type: 'refused',
    why: 'its passphrase was wrong',
  });
  expect(readSrtLine('[error] pipe:0: Address already in use')?.type).toBe('fault');
  expect(readSrtLine("[flv @ 0x55] [error] Format not on whitelist 'concat,mpegts'")?.type).toBe('unfit');
  expect(readSrtLine('[mpegts @ 0x55] sample rate not set')).toEqual({ type: 'soundless' });
  expect(readSrtLine('anything else')).toBeUndefined();
});
