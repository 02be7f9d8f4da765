import { describe, expect, it } from 'vitest';
import { type EncoderSample, OVERLOAD_MS, OverloadDetector } from './overload.ts';

const target = { frameRate: 30, height: 720 };

/** Feeds one sample a second; the second at which the detector speaks, or undefined. */
function feed(sample: Omit<EncoderSample, 'at'>, seconds: number, detector = new OverloadDetector(target)) {
  for (let second = 0; second <= seconds; second += 1) {
    if (detector.add({ ...sample, at: second * 1000 })) return second;
  }
  return undefined;
}

const well = { frameRate: 30, sourceFrameRate: 30, height: 720, limitation: 'none' };

describe('OverloadDetector', () => {
  it('is silent while the encoder keeps up', () => {
    expect(feed(well, 60)).toBeUndefined();
    expect(feed({ ...well, limitation: 'cpu', frameRate: 28 }, 60)).toBeUndefined();
  });

  it('speaks when the processor limits frame rate or picture for 8 s', () => {
    expect(feed({ ...well, limitation: 'cpu', frameRate: 18 }, 60)).toBe(OVERLOAD_MS / 1000);
    expect(feed({ ...well, limitation: 'cpu', height: 360 }, 60)).toBe(OVERLOAD_MS / 1000);
  });

  it('speaks when less than half of the frames come out', () => {
    expect(feed({ ...well, frameRate: 12 }, 60)).toBe(OVERLOAD_MS / 1000);
  });

  it('blames neither bandwidth, nor a dark room, nor a still screen on the encoder', () => {
    expect(feed({ ...well, limitation: 'bandwidth', frameRate: 10, height: 180 }, 60)).toBeUndefined();
    expect(feed({ ...well, sourceFrameRate: 10, frameRate: 10 }, 60)).toBeUndefined();
    expect(feed({ ...well, sourceFrameRate: 1, frameRate: 0 }, 60)).toBeUndefined();
  });

  it('counts anew after a good second', () => {
    const detector = new OverloadDetector(target);
    const slow = { ...well, limitation: 'cpu', frameRate: 10 };
    for (let second = 0; second < 8; second += 1) {
      expect(detector.add({ ...slow, at: second * 1000 })).toBe(false);
    }
    expect(detector.add({ ...well, at: 8000 })).toBe(false);
    expect(detector.add({ ...slow, at: 9000 })).toBe(false);
    expect(detector.add({ ...slow, at: 17_000 })).toBe(true);
  });
});
