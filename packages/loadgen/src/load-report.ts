import type { JoinTimes } from './load-viewer.ts';
import { addMediaCounts, type MediaCounts } from './receive-peer.ts';
import { type Spread, spreadOf } from './spread.ts';

/** What a run of viewers saw. Per-viewer values are of the measured time only, and of the viewers that received. */
export interface LoadReport {
  readonly viewers: number;
  /** Viewers whose `play` was answered. */
  readonly joined: number;
  /** Viewers that received media. */
  readonly receiving: number;
  /** Viewers that went by themselves before the end. */
  readonly gone: number;
  /** Why viewers went or did not join, each reason once. */
  readonly reasons: readonly string[];
  /** Seconds that were measured. */
  readonly seconds: number;
  /** Seconds from connecting to the answer to `play`. */
  readonly joinTime: Spread | undefined;
  /** Seconds from connecting to the first packet. */
  readonly firstPacketTime: Spread | undefined;
  /** Seconds from connecting to the first key frame. */
  readonly firstKeyFrameTime: Spread | undefined;
  /** Packets of audio and video, per viewer. */
  readonly packets: Spread | undefined;
  /** Bits per second of RTP, per viewer. */
  readonly bitrate: Spread | undefined;
  /** Key frames, per viewer. */
  readonly keyFrames: Spread | undefined;
  /** Packets that never came, per viewer. Load viewers ask for no retransmission. */
  readonly lost: Spread | undefined;
  /** The part of all packets that was lost, 0 to 1. */
  readonly lossRate: number;
}

/** One viewer of a run. */
export interface ViewerSample {
  readonly times: JoinTimes;
  /** All that it had received when the measured time began and when it ended. */
  readonly before: MediaCounts;
  readonly after: MediaCounts;
  /** Why it went by itself, if it did. */
  readonly gone: string | undefined;
}

/** Sums up a run. `seconds` is the measured time. */
export function loadReport(samples: readonly ViewerSample[], seconds: number): LoadReport {
  const received = samples
    .map(({ before, after }) => addMediaCounts(after, before, -1))
    .map(({ audio, video }) => ({
      packets: audio.packets + video.packets,
      bytes: audio.bytes + video.bytes,
      lost: audio.lost + video.lost,
      keyFrames: video.keyFrames,
    }))
    .filter(({ packets }) => packets > 0);
  const reasons = samples.flatMap(({ gone }) => gone ?? []);
  const packets = sum(received.map((one) => one.packets));
  const lost = Math.max(0, sum(received.map((one) => one.lost)));
  const spreadOfTime = (name: keyof JoinTimes) => spreadOf(samples.flatMap(({ times }) => times[name] ?? []));
  return {
    viewers: samples.length,
    joined: samples.filter(({ times }) => times.joined !== undefined).length,
    receiving: received.length,
    gone: reasons.length,
    reasons: [...new Set(reasons)],
    seconds,
    joinTime: spreadOfTime('joined'),
    firstPacketTime: spreadOfTime('firstPacket'),
    firstKeyFrameTime: spreadOfTime('firstKeyFrame'),
    packets: spreadOf(received.map((one) => one.packets)),
    bitrate: spreadOf(received.map(({ bytes }) => (8 * bytes) / seconds)),
    keyFrames: spreadOf(received.map((one) => one.keyFrames)),
    lost: spreadOf(received.map((one) => one.lost)),
    lossRate: packets + lost > 0 ? lost / (packets + lost) : 0,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
