import { expect, test } from 'vitest';
import { parseRtpPacket } from './rtp-packet.ts';

const header = [0x80, 0xe0 | 0x60, 0x12, 0x34, 0, 0, 0, 9, 0xde, 0xad, 0xbe, 0xef];

test('reads a packet with nothing but a header and a payload', () => {
  expect(parseRtpPacket(Buffer.from([...header, 1, 2, 3]))).toMatchObject({
    payloadType: 0x60,
    sequenceNumber: 0x1234,
    timestamp: 9,
    ssrc: 0xdeadbeef,
    payload: Buffer.from([1, 2, 3]),
  });
});

test('leaves out contributing sources, header extensions and padding', () => {
  const [, ...rest] = header;
  const contributing = [1, 1, 1, 1];
  const extension = [0xbe, 0xde, 0, 1, 7, 7, 7, 7];
  const packet = Buffer.from([0xb1, ...rest, ...contributing, ...extension, 5, 6, 0, 2]);
  expect(parseRtpPacket(packet)?.payload).toEqual(Buffer.from([5, 6]));
});

test('takes neither RTCP, other versions nor what is cut short', () => {
  const [, , ...rest] = header;
  expect(parseRtpPacket(Buffer.from([0x80, 200, ...rest]))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0x40, 96, ...rest]))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from(header.slice(0, 11)))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0x90, 96, ...rest, 0, 0]))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0xa0, 96, ...rest, 200]))).toBeUndefined();
});
