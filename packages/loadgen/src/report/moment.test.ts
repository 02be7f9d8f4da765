import { expect, test } from 'vitest';
import { nothingReceived } from '../meter/counts.ts';
import { emptySample, histogramOf } from '../test-support/samples.ts';
import { momentBetween } from './moment.ts';

test('a moment has the rates of its part and the state at its end', () => {
  const earlier = { ...emptySample, at: 10e6, started: 5, freezes: 1, delay: histogramOf(900) };
  const later = {
    ...earlier,
    at: 12e6,
    started: 8,
    joined: 7,
    playing: 6,
    gone: 1,
    freezes: 4,
    video: { ...nothingReceived, packets: 500, bytes: 500_000, lost: 3 },
    audio: { ...nothingReceived, packets: 100, bytes: 10_000, lost: 1 },
    retransmission: { ...nothingReceived, packets: 2, bytes: 2000 },
    delay: histogramOf(900, 4000, 4000),
  };
  const moment = momentBetween(earlier, later, 7e6);
  expect(moment).toMatchObject({
    seconds: 5,
    started: 8,
    joined: 7,
    playing: 6,
    gone: 1,
    freezes: 3,
    lost: 4,
  });
  expect(moment).toMatchObject({ bitrate: 4 * 512_000, packetRate: 301 });
  expect(moment.delay?.count).toBe(2);
  expect(moment.delay?.p50).toBeCloseTo(0.004, 4);
  expect(momentBetween(later, { ...later, at: 13e6 }, 7e6).delay).toBeUndefined();
});
