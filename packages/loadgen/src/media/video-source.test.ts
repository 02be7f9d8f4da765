import { expect, test } from 'vitest';
import { keyFrameTest } from '../key-frame.ts';
import { parseRtpPacket } from '../rtp-packet.ts';
import { readStamp } from './stamp.ts';
import { VideoSource } from './video-source.ts';

const stream = { ssrc: 0xfedc_ba98, payloadType: 96 };

function parse(packet: Buffer) {
  const parsed = parseRtpPacket(packet);
  if (!parsed) throw new Error('no RTP packet');
  return { ...parsed, marker: ((packet[1] ?? 0) & 0x80) !== 0 };
}

function frames(source: VideoSource, count: number) {
  return Array.from({ length: count }, (_, index) => source.nextFrame(index).map(parse));
}

test.each(['VP8', 'H264'] as const)('%s: frames with their key frames, timestamps and markers', (codec) => {
  const isKeyFrame = keyFrameTest(`video/${codec}`) ?? (() => false);
  const made = frames(new VideoSource(stream, { codec, keyFrameInterval: 0.5 }), 61);
  const keyFrames = made.flatMap((packets, index) =>
    packets.some(({ payload }) => isKeyFrame(payload)) ? [index] : [],
  );
  expect(keyFrames).toEqual([0, 15, 30, 45, 60]);
  const packets = made.flat();
  expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual(packets.map((_, index) => index));
  for (const [index, frame] of made.entries()) {
    expect(new Set(frame.map(({ timestamp }) => timestamp))).toEqual(new Set([index * 3000]));
    expect(frame.map(({ marker }) => marker).lastIndexOf(true)).toBe(frame.length - 1);
    expect(frame.filter(({ marker }) => marker)).toHaveLength(1);
  }
  for (const { ssrc, payloadType } of packets) expect({ ssrc, payloadType }).toEqual(stream);
});

test('a key frame begins in its first packet only', () => {
  for (const codec of ['VP8', 'H264'] as const) {
    const isKeyFrame = keyFrameTest(`video/${codec}`) ?? (() => false);
    const [first = []] = frames(new VideoSource(stream, { codec }), 1);
    expect(isKeyFrame(first[0]?.payload ?? Buffer.alloc(1))).toBe(true);
    expect(first.length).toBeGreaterThan(10);
  }
});

test('a second has the bitrate that was asked for, in packets of at most the given size', () => {
  for (const [bitrate, payloadSize] of [
    [1_500_000, 1100],
    [300_000, 500],
    [8_000_000, 1200],
  ] as const) {
    const source = new VideoSource(stream, { bitrate, payloadSize });
    const sizes = frames(source, 30).flatMap((packets) => packets.map(({ payload }) => payload.length));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(payloadSize);
    expect(Math.abs(8 * source.octets - bitrate) / bitrate).toBeLessThan(0.01);
    expect(source.packets).toBe(sizes.length);
  }
});

test('every packet has the stamp of its frame', () => {
  const source = new VideoSource(stream);
  for (const micros of [1_000_000, 2_000_000]) {
    for (const packet of source.nextFrame(micros)) expect(readStamp(packet)).toBe(micros);
  }
});

test('sequence numbers, timestamps and picture ids go around', () => {
  const source = new VideoSource(stream, { frameRate: 1, bitrate: 1000 });
  const made = frames(source, 70_000).flat();
  expect(made.find((_, index) => index === 65_536)?.sequenceNumber).toBe(0);
  expect(made.find((_, index) => index === 47_722)?.timestamp).toBe((47_722 * 90_000) % 2 ** 32);
});

test('a key frame comes when one is asked for, and the next an interval after it', () => {
  const isKeyFrame = keyFrameTest('video/VP8') ?? (() => false);
  const source = new VideoSource(stream);
  const before = frames(source, 10);
  source.requestKeyFrame();
  const made = [...before, ...frames(source, 40)];
  const keyFrames = made.flatMap(([first], index) => (first && isKeyFrame(first.payload) ? [index] : []));
  expect(keyFrames).toEqual([0, 10, 40]);
});
