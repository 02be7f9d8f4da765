import { expect, test } from 'vitest';
import { loadReport } from './load-report.ts';
import { noMedia } from './receive-peer.ts';

const media = (packets: number, lost: number) => ({
  ...noMedia,
  audio: { packets, bytes: 100 * packets, lost: 0, keyFrames: 0 },
  video: { packets, bytes: 900 * packets, lost, keyFrames: 1 },
});

test('counts the measured time, and only those who received', () => {
  const report = loadReport(
    [
      {
        times: { joined: 0.1, firstPacket: 0.2 },
        before: media(10, 0),
        after: media(110, 10),
        gone: undefined,
      },
      { times: { joined: 0.3, firstPacket: 0.4 }, before: media(10, 0), after: media(60, 0), gone: 'left' },
      { times: {}, before: noMedia, after: noMedia, gone: 'refused' },
      { times: {}, before: noMedia, after: noMedia, gone: 'refused' },
    ],
    2,
  );
  expect(report).toMatchObject({
    viewers: 4,
    joined: 2,
    receiving: 2,
    gone: 3,
    reasons: ['left', 'refused'],
  });
  expect(report.joinTime).toEqual({ min: 0.1, median: 0.2, max: 0.3 });
  expect(report.firstKeyFrameTime).toBeUndefined();
  expect(report.packets).toMatchObject({ min: 100, max: 200 });
  expect(report.bitrate).toMatchObject({ min: 200_000, max: 400_000 });
  expect(report.lossRate).toBeCloseTo(10 / 310);
});

test('nobody there', () => {
  expect(loadReport([], 1)).toMatchObject({ viewers: 0, packets: undefined, lossRate: 0 });
});
