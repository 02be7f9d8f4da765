import { expect, test } from 'vitest';
import { sampleStats, viewerStats } from './stats.ts';

const trackIds = { audio: 'a', video: 'v' };

/** A report as Chrome gives it. */
function report(seconds: number, change: { video?: object; pair?: object; local?: object } = {}) {
  const entries = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
    { id: 'P1', type: 'candidate-pair', localCandidateId: 'L1', currentRoundTripTime: 9 },
    { id: 'P2', type: 'candidate-pair', localCandidateId: 'L2', currentRoundTripTime: 0.02, ...change.pair },
    { id: 'L1', type: 'local-candidate', protocol: 'tcp', candidateType: 'host' },
    { id: 'L2', type: 'local-candidate', protocol: 'udp', candidateType: 'host', ...change.local },
    { id: 'C', type: 'codec', mimeType: 'video/H264' },
    {
      id: 'I1',
      type: 'inbound-rtp',
      kind: 'video',
      trackIdentifier: 'v',
      codecId: 'C',
      timestamp: seconds * 1000,
      bytesReceived: seconds * 100_000,
      headerBytesReceived: seconds * 25_000,
      packetsReceived: seconds * 90,
      packetsLost: seconds * 10,
      jitterBufferDelay: seconds * 1.5,
      jitterBufferEmittedCount: seconds * 30,
      framesDecoded: seconds * 30,
      framesDropped: 3,
      frameWidth: 1280,
      frameHeight: 720,
      ...change.video,
    },
    { id: 'I0', type: 'inbound-rtp', kind: 'video', trackIdentifier: 'gone', framesDecoded: 9999 },
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

const sample = (...args: Parameters<typeof report>) => sampleStats(report(...args), trackIds);

test('rates are of the time between two samples', () => {
  const stats = viewerStats(sample(10), sample(12));
  expect(stats.bitrate).toBeCloseTo(1_000_000);
  expect(stats.frameRate).toBeCloseTo(30);
  expect(stats.packetLoss).toBeCloseTo(0.1);
  expect(stats.jitterBufferDelay).toBeCloseTo(0.05);
  expect(stats.latency).toBeCloseTo(0.06);
  expect(stats).toMatchObject({
    width: 1280,
    height: 720,
    framesDropped: 3,
    videoCodec: 'H264',
    path: 'udp',
  });
});

test('the first sample has no rates', () => {
  const stats = viewerStats(undefined, sample(10));
  expect(stats).not.toHaveProperty('bitrate');
  expect(stats).not.toHaveProperty('frameRate');
  expect(stats.latency).toBeCloseTo(0.06);
});

test('nothing is received', () => {
  const nothing = sampleStats(new Map(), trackIds);
  expect(viewerStats(nothing, nothing)).toEqual({});
  expect(viewerStats(nothing, sample(10))).not.toHaveProperty('bitrate');
});

test('a new track counts from its beginning', () => {
  const next = { id: 'I2', bytesReceived: 50_000, headerBytesReceived: 0, framesDecoded: 30 };
  const stats = viewerStats(sample(10), sample(11, { video: next }));
  expect(stats.bitrate).toBeCloseTo(400_000);
  expect(stats.frameRate).toBeCloseTo(30);
});

test.each([
  [{ protocol: 'udp', candidateType: 'srflx' }, 'udp'],
  [{ protocol: 'tcp', candidateType: 'host' }, 'tcp'],
  [{ protocol: 'udp', candidateType: 'relay' }, 'relay'],
])('the path over %j is %s', (local, path) => {
  expect(viewerStats(undefined, sample(1, { local })).path).toBe(path);
});

test('Firefox marks the selected pair itself', () => {
  const entries = report(1, { pair: { selected: true } });
  entries.delete('T');
  expect(sampleStats(entries, trackIds)).toMatchObject({ path: 'udp', roundTripTime: 0.02 });
});

test('recovered packets never make the loss negative', () => {
  const stats = viewerStats(sample(10), sample(11, { video: { packetsLost: 50 } }));
  expect(stats.packetLoss).toBe(0);
});
