import { expect, test } from 'vitest';
import { redactUrl, secretsOfPath } from './redact-url.ts';

test.each([
  ['rtsp://192.168.1.20:554/stream1', 'rtsp://192.168.1.20:554/stream1'],
  ['rtsp://cam', 'rtsp://cam'],
  ['rtsp://admin:secret@cam/live', 'rtsp://cam/live'],
  ['rtsp://admin:se@cret@cam:8554/live', 'rtsp://cam:8554/live'],
  ['rtsp://admin:se#cret@cam/live', 'rtsp://cam/live'],
  ['rtsps://admin@cam', 'rtsps://cam'],
  ['rtsp://admin:se/cret@cam/live', 'rtsp://***'],
  ['rtsp://admin:se?cret@cam/live', 'rtsp://***'],
  ['rtsp://[fe80::1]:554/a', 'rtsp://[fe80::1]:554/a'],
  ['rtsp://cam/live?user=admin&password=secret', 'rtsp://cam/live?user=admin&password=***'],
  ['rtsp://cam/live?PWD=secret&channel=1', 'rtsp://cam/live?PWD=***&channel=1'],
  ['rtsp://cam/live?token=a/b/c&x=1', 'rtsp://cam/live?token=***&x=1'],
  [
    'rtsp://cam/cam/realmonitor?channel=1&authbasic=YWRtaW4=',
    'rtsp://cam/cam/realmonitor?channel=1&authbasic=***',
  ],
  [
    'rtsp://cam/user=admin_password=secret_channel=1_stream=0.sdp',
    'rtsp://cam/user=admin_password=***_channel=1_stream=0.sdp',
  ],
  ['rtsp://cam/user=admin&password=se_cret&channel=1', 'rtsp://cam/user=admin&password=***&channel=1'],
  ['rtsp://cam/?user=admin_password=sec_ret=1', 'rtsp://cam/?user=admin_password=***'],
  ['rtsp://cam/stream_key=secret/live', 'rtsp://cam/stream_key=***/live'],
  ['rtsp://cam/token/secret/live', 'rtsp://cam/token/***/live'],
  ['rtsp://cam/live/key/secret', 'rtsp://cam/live/key/***'],
  ['rtsp://cam/live?password=', 'rtsp://cam/live?password=***'],
  ['admin:secret@cam/live', 'cam/live'],
  ['', ''],
])('%s is shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
  expect(redactUrl(url)).not.toMatch(/se[@#/?_]*c[_]*ret/);
});

test('tells what it masks', () => {
  expect(secretsOfPath('/user=a_password=one_channel=1?token=two&key=/x')).toEqual(['one', 'two', '/x']);
  expect(secretsOfPath('/live?channel=1')).toEqual([]);
});
