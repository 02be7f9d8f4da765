import { describe, expect, it } from 'vitest';
import { diffStats, readStats } from './stats.ts';

const layer = (id: string, height: number, bytesSent: number, some: Record<string, unknown> = {}) => ({
  id,
  type: 'outbound-rtp',
  kind: 'video',
  active: true,
  bytesSent,
  headerBytesSent: 0,
  packetsSent: bytesSent / 1000,
  frameWidth: (height * 16) / 9,
  frameHeight: height,
  framesPerSecond: 30,
  qualityLimitationReason: 'none',
  remoteId: `remote-${id}`,
  ...some,
});

const remote = (id: string, packetsLost: number) => ({
  id: `remote-${id}`,
  type: 'remote-inbound-rtp',
  packetsLost,
  roundTripTime: 0.05,
});

const report = (...entries: object[]) => new Map(entries.map((entry, index) => [String(index), entry]));

describe('publisher statistics', () => {
  it('adds the layers up and shows the largest', () => {
    const before = readStats([report(layer('a', 180, 10_000), layer('b', 720, 100_000))], 1000);
    const now = readStats([report(layer('a', 180, 35_000), layer('b', 720, 325_000))], 2000);
    const stats = diffStats(before, now);
    expect(stats).toMatchObject({ bitrate: 2_000_000, width: 1280, height: 720, frameRate: 30 });
  });

  it('passes over layers that are not being sent', () => {
    const now = readStats(
      [
        report(
          layer('a', 360, 1000),
          layer('b', 720, 0, { framesPerSecond: 0 }),
          layer('c', 1080, 0, { active: false }),
        ),
      ],
      0,
    );
    expect(diffStats(undefined, now)).toMatchObject({ height: 360, bitrate: undefined });
  });

  it('tells loss between the two samples', () => {
    const before = readStats([report(layer('a', 720, 100_000), remote('a', 5))], 0);
    const now = readStats([report(layer('a', 720, 200_000), remote('a', 10))], 1000);
    expect(diffStats(before, now).loss).toBeCloseTo(0.05);
    expect(diffStats(before, now).roundTripTime).toBe(0.05);
  });

  it('counts a stream that is new, as after a change of codec, from its beginning', () => {
    const before = readStats([report(layer('old', 720, 9_000_000))], 0);
    const now = readStats([report(layer('new', 720, 125_000))], 1000);
    expect(diffStats(before, now).bitrate).toBe(1_000_000);
  });

  it('names the worst limit', () => {
    const now = readStats(
      [report(layer('a', 180, 0), layer('b', 720, 0, { qualityLimitationReason: 'cpu' }))],
      0,
    );
    expect(diffStats(undefined, now).limitation).toBe('cpu');
  });

  it('takes the round-trip time of the candidate pair in use, and the frame rate of the source', () => {
    const pair = {
      id: 'p',
      type: 'candidate-pair',
      nominated: true,
      state: 'succeeded',
      currentRoundTripTime: 0.02,
    };
    const source = { id: 's', type: 'media-source', kind: 'video', framesPerSecond: 24 };
    expect(diffStats(undefined, readStats([report(pair), report(source)], 0))).toMatchObject({
      roundTripTime: 0.02,
      sourceFrameRate: 24,
    });
  });

  it('survives a report of nonsense', () => {
    const now = readStats([report({ id: 1 }, { id: 'x', type: 'outbound-rtp', bytesSent: 'many' })], 0);
    expect(diffStats(now, { ...now, at: 1000 }).bitrate).toBe(0);
  });
});
