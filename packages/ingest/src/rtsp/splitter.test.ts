import { describe, expect, test } from 'vitest';
import type { RtspMessage } from './message.ts';
import { MAX_BODY_BYTES, MAX_HEAD_BYTES, RtspFormatError, RtspSplitter } from './splitter.ts';

function frame(channel: number, content: Buffer): Buffer {
  const header = Buffer.from([0x24, channel, 0, 0]);
  header.writeUInt16BE(content.length, 2);
  return Buffer.concat([header, content]);
}

/** Splits pieces, and keeps what came out in order. */
function split(pieces: Iterable<Buffer>) {
  const messages: RtspMessage[] = [];
  const packets: [number, string][] = [];
  let frames = Buffer.alloc(0);
  const order: string[] = [];
  const splitter = new RtspSplitter({
    onFrames: (bytes) => {
      frames = Buffer.concat([frames, bytes]);
      if (order.at(-1) !== 'frames') order.push('frames');
    },
    onMessage: (message) => {
      messages.push(message);
      order.push(message.startLine);
    },
    onPacket: (channel, start) => packets.push([channel, start.toString('hex')]),
  });
  for (const piece of pieces) splitter.push(piece);
  return { messages, packets, frames, order };
}

function piecesOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

const sdp = 'v=0\r\n\r\n$not a frame\r\n';
const rtp = frame(0, Buffer.from('80e00001RTSP/1.0 200 in a frame\r\n\r\n'));
const short = frame(3, Buffer.from('ab'));
const empty = frame(1, Buffer.alloc(0));
const stream = Buffer.concat([
  Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`),
  rtp,
  short,
  empty,
  Buffer.from('\r\nRTSP/1.0 200 OK\nCSeq:2\nX: a\n b\n\n'),
  rtp,
  Buffer.from('OPTIONS rtsp://a/ RTSP/1.0\r\nno header at all\r\nCSeq: 3\r\n\r\n'),
]);

describe('a connection', () => {
  test.each([1, 2, 3, 5, 7, 16, 100, stream.length])('is split whatever comes at once (%i bytes)', (size) => {
    const { messages, packets, frames, order } = split(piecesOf(stream, size));
    expect(order).toEqual([
      'RTSP/1.0 200 OK',
      'frames',
      'RTSP/1.0 200 OK',
      'frames',
      'OPTIONS rtsp://a/ RTSP/1.0',
    ]);
    expect(frames).toEqual(Buffer.concat([rtp, short, empty, rtp]));
    expect(messages[0]?.body.toString()).toBe(sdp);
    expect(messages[1]?.headers).toEqual([
      ['CSeq', '2'],
      ['X', 'a b'],
    ]);
    expect(messages[2]?.headers).toEqual([['CSeq', '3']]);
    expect(packets).toEqual([
      [0, Buffer.from('80e0').toString('hex')],
      [0, Buffer.from('80e0').toString('hex')],
    ]);
  });

  test('gets its frames at once, before their end has come', () => {
    const { frames } = split([rtp.subarray(0, 20)]);
    expect(frames).toEqual(rtp.subarray(0, 20));
  });
});

describe('what is refused', () => {
  function* endless(start: string, piece: Buffer) {
    yield Buffer.from(start);
    for (;;) yield piece;
  }

  test.each([
    ['a header without an end', 'RTSP/1.0 200 OK\r\nX: ', Buffer.alloc(1000, 'a')],
    ['headers without an end', 'RTSP/1.0 200 OK\r\n', Buffer.from('X: y\r\n')],
    ['a start line without an end', 'RTSP', Buffer.alloc(100, '/')],
  ])('%s', (_, start, piece) => {
    expect(() => split(endless(start, piece))).toThrow(`longer than ${MAX_HEAD_BYTES}`);
  });

  test.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'HTTP'],
    ['\x15\x03\x01', 'TLS'],
    ['SSH-2.0-OpenSSH_9', 'not RTSP'],
    ['{"a":1}', 'not RTSP'],
    ['\0\0\0', 'not RTSP'],
    ['get / RTSP/1.0', 'not RTSP'],
    [`RTSP/1.0 200 OK\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`, 'a body of'],
    ['RTSP/1.0 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n', 'Content-Length'],
    ['RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n', 'Content-Length'],
    ['RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'Content-Length'],
  ])('%j', (text, reason) => {
    expect(() => split([Buffer.from(text, 'latin1')])).toThrow(RtspFormatError);
    expect(() => split(piecesOf(Buffer.from(text, 'latin1'), 1))).toThrow(reason);
  });
});
