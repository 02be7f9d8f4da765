import { sampleBetween } from '../fleet/merge-samples.ts';
import type { FleetSample } from '../fleet/sample.ts';
import type { Moment } from './result.ts';
import { spreadOf } from './spread.ts';

/**
 * What was seen between two samples of a fleet.
 *
 * @param start when the run began, in microseconds of `monotonicMicros()`
 */
export function momentBetween(earlier: FleetSample, later: FleetSample, start: number): Moment {
  const { audio, video, retransmission, freezes, delay } = sampleBetween(earlier, later);
  const length = Math.max(0.001, (later.at - earlier.at) / 1e6);
  const streams = [audio, video, retransmission];
  const sum = (of: (stream: typeof audio) => number) => streams.reduce((all, stream) => all + of(stream), 0);
  const spread = spreadOf(delay);
  return {
    seconds: Math.max(0, later.at - start) / 1e6,
    started: later.started,
    joined: later.joined,
    gone: later.gone,
    playing: later.playing,
    bitrate: (8 * sum(({ bytes }) => bytes)) / length,
    packetRate: sum(({ packets }) => packets) / length,
    lost: audio.lost + video.lost,
    freezes,
    ...(spread ? { delay: spread } : {}),
  };
}
