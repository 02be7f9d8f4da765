import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCounts, StreamCounter } from './stream-counter.ts';

const packet = (sequenceNumber: number, timestamp = 0) => ({
  payloadType: 96,
  ssrc: 1,
  timestamp,
  sequenceNumber: sequenceNumber & 0xffff,
  payload: new Uint8Array(),
});

test('counts what is missing, over the end of the sequence numbers and in any order nearby', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.array(fc.boolean(), { minLength: 2, maxLength: 300 }),
      fc.integer({ min: 1, max: 8 }),
      (start, arrives, reach) => {
        const sent = arrives.flatMap((arrived, index) => (arrived ? [index] : []));
        // Those at both ends count, or the receiver cannot know of them.
        const received = [...new Set([0, ...sent, arrives.length - 1])];
        const shuffled = received.toSorted((a, b) => Math.floor(a / reach) - Math.floor(b / reach) || b - a);
        const counter = new StreamCounter();
        for (const index of shuffled) counter.take(packet(start + index), 100);
        expect(counter.count).toMatchObject({
          packets: received.length,
          bytes: 100 * received.length,
          lost: arrives.length - received.length,
        });
      },
    ),
  );
});

test('counts a key frame once, however many of its packets say so', () => {
  const counter = new StreamCounter(() => true);
  for (const [sequenceNumber, timestamp] of [
    [1, 0],
    [2, 0],
    [3, 3000],
  ] as const) {
    counter.take(packet(sequenceNumber, timestamp), 10);
  }
  expect(counter.count.keyFrames).toBe(2);
});

test('subtracts an earlier count', () => {
  const earlier = { packets: 1, bytes: 10, lost: 0, keyFrames: 1 };
  const later = { packets: 5, bytes: 60, lost: 2, keyFrames: 2 };
  expect(addCounts(later, earlier, -1)).toEqual({ packets: 4, bytes: 50, lost: 2, keyFrames: 1 });
});
