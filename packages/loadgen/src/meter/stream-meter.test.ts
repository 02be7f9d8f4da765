import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyFrameTest } from '../key-frame.ts';
import { VideoSource } from '../media/video-source.ts';
import { RtpFields, readRtpPacket } from '../rtp-packet.ts';
import { StreamMeter } from './stream-meter.ts';

const stream = { ssrc: 1, payloadType: 96 };
const isKeyFrame = keyFrameTest('video/VP8');

/** Frames of several packets each, every tenth a key frame. */
function makeFrames(count: number): Buffer[][] {
  const source = new VideoSource(stream, { bitrate: 1_000_000, keyFrameInterval: 1 / 3 });
  return Array.from({ length: count }, () => source.nextFrame(0));
}

function measure(packets: readonly Buffer[]) {
  const keys: boolean[] = [];
  const meter = new StreamMeter({ isKeyFrame, onFrame: (isKey) => keys.push(isKey) });
  const rtp = new RtpFields();
  for (const packet of packets) {
    if (readRtpPacket(packet, rtp)) meter.take(packet, rtp, packet.length);
  }
  return { ...meter.count, keys };
}

const frames = makeFrames(30);
const packets = frames.flat();
const clean = { lost: 0, reordered: 0, duplicates: 0 };

function without(...missing: number[]): Buffer[] {
  return packets.filter((_, index) => !missing.includes(index));
}

/** Which packet a frame begins with. */
function firstOf(frame: number): number {
  return frames.slice(0, frame).flat().length;
}

test('a whole stream', () => {
  const bytes = packets.reduce((sum, { length }) => sum + length, 0);
  expect(measure(packets)).toMatchObject({
    packets: packets.length,
    bytes,
    frames: 30,
    keyFrames: 3,
    ...clean,
  });
  expect(measure(packets).keys.flatMap((isKey, index) => (isKey ? [index] : []))).toEqual([0, 10, 20]);
});

test('frames count when their last packet is there', () => {
  expect(measure(packets.slice(0, firstOf(1) - 1)).frames).toBe(0);
  expect(measure(packets.slice(0, firstOf(1))).frames).toBe(1);
});

test('nothing counts before a key frame', () => {
  expect(measure(packets.slice(firstOf(3))).keys).toEqual([
    true,
    ...Array(9).fill(false),
    true,
    ...Array(9).fill(false),
  ]);
});

test('behind a lost packet, nothing counts until the next key frame is complete', () => {
  const seen = measure(without(firstOf(5)));
  expect(seen).toMatchObject({ lost: 1, packets: packets.length - 1, frames: 25, keyFrames: 3 });
});

test('a key frame that lacks a packet counts neither', () => {
  expect(measure(without(firstOf(10) + 1))).toMatchObject({ lost: 1, frames: 20, keyFrames: 2 });
  expect(measure(without(firstOf(5), firstOf(10) + 1))).toMatchObject({ lost: 2, frames: 15, keyFrames: 2 });
});

test('a packet that comes late is reordered, not lost, and costs no frame', () => {
  const late = packets.with(firstOf(5), packets[firstOf(5) + 1] ?? Buffer.alloc(0));
  const order = late.with(firstOf(5) + 1, packets[firstOf(5)] ?? Buffer.alloc(0));
  expect(measure(order)).toMatchObject({ lost: 0, reordered: 1, frames: 30 });
});

test('frames that wait for a packet come with it', () => {
  const at = firstOf(5);
  const waiting = [...without(at).slice(0, firstOf(9)), ...packets.slice(at, at + 1)];
  expect(measure(waiting.slice(0, -1)).frames).toBe(5);
  expect(measure(waiting).frames).toBe(9);
});

test('a packet that comes again is a duplicate, and hides no loss', () => {
  const [first = Buffer.alloc(0)] = packets;
  expect(measure([first, ...packets, first])).toMatchObject({
    packets: packets.length,
    duplicates: 2,
    lost: 0,
  });
  expect(measure([first, ...without(3)])).toMatchObject({ duplicates: 1, lost: 1 });
});

test('sequence numbers go around', () => {
  const source = new VideoSource(stream, { frameRate: 30, bitrate: 100_000 });
  const many = Array.from({ length: 70_000 }, () => source.nextFrame(0)).flat();
  expect(measure(many)).toMatchObject({ packets: many.length, frames: 70_000, ...clean });
});

test('after a long gap it goes on with a key frame', () => {
  const many = makeFrames(500);
  const before = many.slice(0, 5).flat();
  const after = many.slice(405);
  const seen = measure([...before, ...after.flat()]);
  expect(seen.frames).toBe(5 + 90);
  expect(seen.lost).toBe(many.slice(5, 405).flat().length);
});

test('however packets are dropped, mixed and doubled, the sums are right', () => {
  const moves = fc.array(fc.tuple(fc.nat(packets.length - 1), fc.constantFrom('drop', 'late', 'twice')), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(moves, (changes) => {
      const order = packets.map((_, index) => ({ index, at: index }));
      const dropped = new Set<number>();
      const doubled: typeof order = [];
      for (const [index, change] of changes) {
        const entry = order[index];
        if (!entry || index === 0 || index === packets.length - 1) continue;
        if (change === 'drop') dropped.add(index);
        else if (change === 'late') entry.at = Math.min(packets.length - 1.5, index + 3.5);
        else doubled.push({ index, at: index + 0.5 });
      }
      const sent = [...order, ...doubled]
        .toSorted((one, other) => one.at - other.at)
        .filter(({ index }) => !dropped.has(index));
      const seen = measure(sent.map(({ index }) => packets[index] ?? Buffer.alloc(0)));
      expect(seen.packets).toBe(packets.length - dropped.size);
      expect(seen.lost).toBe(dropped.size);
      expect(seen.duplicates).toBe(sent.length - seen.packets);
      expect(seen.frames).toBe(seen.keys.length);
      if (dropped.size === 0) expect(seen.frames).toBe(30);
    }),
  );
});

test('sound has packets and no frames', () => {
  const meter = new StreamMeter();
  const rtp = new RtpFields();
  for (const packet of packets) if (readRtpPacket(packet, rtp)) meter.take(packet, rtp, packet.length);
  expect(meter.count).toMatchObject({ packets: packets.length, frames: 0, keyFrames: 0, ...clean });
});
