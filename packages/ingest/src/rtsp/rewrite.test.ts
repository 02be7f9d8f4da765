import { expect, test } from 'vitest';
import { rewriteHeaders, rewriteUri } from './rewrite.ts';

const gate = 'rtsp://127.0.0.1:4000/token';

test.each([
  [gate, 'rtsp://cam/live', 'rtsp://cam/live'],
  [`${gate}/trackID=1`, 'rtsp://cam/live', 'rtsp://cam/live/trackID=1'],
  [`${gate}/trackID=1`, 'rtsp://cam/live/', 'rtsp://cam/live/trackID=1'],
  [
    `${gate}/trackID=1`,
    'rtsp://cam/live?channel=1&subtype=0',
    'rtsp://cam/live?channel=1&subtype=0/trackID=1',
  ],
  [`${gate}?x`, 'rtsp://cam', 'rtsp://cam?x'],
  [`${gate}x/a`, 'rtsp://cam', `${gate}x/a`],
  ['rtsp://cam/other/trackID=1', 'rtsp://cam/live', 'rtsp://cam/other/trackID=1'],
  ['*', 'rtsp://cam/live', '*'],
])('%s of %s is %s', (uri, base, expected) => {
  expect(rewriteUri(uri, gate, base)).toBe(expected);
});

test('FFmpeg is told what it needs', () => {
  const headers = rewriteHeaders(
    {
      startLine: 'RTSP/1.0 200 OK',
      body: Buffer.alloc(0),
      headers: [
        ['cseq', '7'],
        ['Server', 'WMServer/9'],
        ['Location', 'rtsp://127.0.0.1/'],
        ['WWW-Authenticate', 'Basic'],
        ['RealChallenge1', 'x'],
        ['session', '1;timeout=60'],
        ['Public', 'OPTIONS'],
      ],
    },
    '3',
    '192.168.1.20',
  );
  expect(headers).toEqual([
    ['CSeq', '3'],
    ['session', '1;timeout=60'],
    ['Public', 'OPTIONS'],
  ]);
});

test.each([
  ['RTP/AVP/TCP;unicast;interleaved=0-1', 'RTP/AVP/TCP;unicast;interleaved=0-1'],
  [
    'RTP/AVP;unicast;client_port=1-2;server_port=3-4',
    'RTP/AVP;unicast;client_port=1-2;server_port=3-4;source=192.168.1.20',
  ],
  [
    'RTP/AVP/UDP;unicast; Source=10.0.0.1;destination=1.2.3.4;server_port=3-4',
    'RTP/AVP/UDP;unicast;server_port=3-4;source=192.168.1.20',
  ],
  ['RTP/AVP;source=10.0.0.1,RTP/AVP;source=127.0.0.1', 'RTP/AVP;source=192.168.1.20'],
])('with UDP reports go to the camera: %s', (transport, expected) => {
  const answer = { startLine: '', body: Buffer.alloc(0), headers: [['Transport', transport]] as const };
  expect(rewriteHeaders(answer, '1', '192.168.1.20')).toEqual([
    ['CSeq', '1'],
    ['Transport', expected],
  ]);
});
