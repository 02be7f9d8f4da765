import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { monotonicMicros } from '../media/clock.ts';
import { VideoSource } from '../media/video-source.ts';
import { MediaMeter } from './media-meter.ts';

const VIDEO = { kind: 'video', mimeType: 'video/VP8' } as const;

function expecting(...types: number[]): MediaMeter {
  const meter = new MediaMeter();
  for (const type of types) meter.expect(type, VIDEO);
  return meter;
}

function play(meter: MediaMeter, source: VideoSource, frames: number, age = 0): number {
  const packets = Array.from({ length: frames }, () => source.nextFrame(monotonicMicros() - age)).flat();
  for (const packet of packets) meter.take(packet);
  return packets.length;
}

/** Waits until the meter's first packet came so many microseconds ago. */
async function whenOlder(meter: MediaMeter, micros: number): Promise<void> {
  while (monotonicMicros() - (meter.firstPacketAt ?? 0) <= micros) await sleep(5);
}

test('the delay is what has gone by since the stamp', async () => {
  const meter = expecting(96);
  const source = new VideoSource({ ssrc: 1, payloadType: 96 });
  const first = play(meter, source, 1);
  await whenOlder(meter, 50_000);
  const packets = play(meter, source, 10, 50_000);
  expect(meter.delay.count).toBe(first + packets);
  expect(meter.delay.quantile(0.5)).toBeGreaterThan(0.97 * 50_000);
  expect(meter.maxDelay).toBeGreaterThanOrEqual(50_000);
});

test('what was sent before the first packet of a transport came is not late for that', async () => {
  const meter = expecting(96);
  const packets = play(meter, new VideoSource({ ssrc: 1, payloadType: 96 }), 10, 60_000_000);
  expect(meter.delay.count).toBe(packets);
  expect(meter.maxDelay).toBeLessThan(60_000_000);
  await whenOlder(meter, 1000);
  meter.endTransport();
  meter.expect(96, VIDEO);
  play(meter, new VideoSource({ ssrc: 1, payloadType: 96 }), 10, 60_000_000);
  expect(meter.maxDelay).toBeLessThan(60_000_000);
});

test('the present comes behind the past, with the first whole frame that is new', () => {
  const meter = expecting(96);
  const source = new VideoSource({ ssrc: 1, payloadType: 96 });
  play(meter, source, 10, 1_000_000);
  expect(meter.firstKeyFrameAt).toBeDefined();
  expect(meter.firstPresentAt).toBeUndefined();
  const packets = source.nextFrame(monotonicMicros());
  for (const packet of packets.slice(0, -1)) meter.take(packet);
  expect(meter.firstPresentAt).toBeUndefined();
  meter.take(packets.at(-1) ?? Buffer.alloc(0));
  expect(meter.firstPresentAt).toBeGreaterThan(meter.firstKeyFrameAt ?? 0);
});

test('the first key frame is there when it is complete, the first packet before', () => {
  const onFirstPacket = vi.fn();
  const meter = new MediaMeter(onFirstPacket);
  meter.expect(96, VIDEO);
  const packets = new VideoSource({ ssrc: 1, payloadType: 96 }).nextFrame(0);
  for (const packet of packets.slice(0, -1)) meter.take(packet);
  expect(meter.firstPacketAt).toBeDefined();
  expect(meter.firstKeyFrameAt).toBeUndefined();
  meter.take(packets.at(-1) ?? Buffer.alloc(0));
  expect(meter.firstKeyFrameAt).toBeGreaterThan(meter.firstPacketAt ?? 0);
  expect(onFirstPacket).toHaveBeenCalledOnce();
});

test('what is not expected is not counted', () => {
  const meter = expecting(96);
  play(meter, new VideoSource({ ssrc: 1, payloadType: 97 }), 3);
  meter.take(Buffer.alloc(3));
  expect(meter.counts.video.packets).toBe(0);
  expect(meter.firstPacketAt).toBeUndefined();
});

test('a stream that takes the place of another goes on in the sums, and the gap between them is one of frames', () => {
  const meter = expecting(96);
  const first = play(meter, new VideoSource({ ssrc: 1, payloadType: 96 }), 10);
  const second = play(meter, new VideoSource({ ssrc: 2, payloadType: 96 }), 10);
  expect(meter.counts.video).toMatchObject({ packets: first + second, frames: 20, keyFrames: 2, lost: 0 });
  expect(meter.gaps.count).toBe(19);
});

test('a transport that takes the place of another does so too, with payload types of its own', () => {
  const meter = expecting(96);
  const first = play(meter, new VideoSource({ ssrc: 1, payloadType: 96 }), 10);
  meter.endTransport();
  play(meter, new VideoSource({ ssrc: 1, payloadType: 96 }), 10);
  expect(meter.counts.video.packets).toBe(first);
  meter.expect(120, VIDEO);
  const second = play(meter, new VideoSource({ ssrc: 1, payloadType: 120 }), 10);
  expect(meter.counts.video).toMatchObject({ packets: first + second, frames: 20 });
});
