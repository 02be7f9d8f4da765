import { setTimeout as sleep } from 'node:timers/promises';
import { fetchCapabilities, LoadViewer } from './load-viewer.ts';
import { addMediaCounts } from './receive-peer.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface LoadOptions {
  /** Base URL of the server, http or https. */
  readonly server: string | URL;
  readonly room: string;
  /** Viewers that join at once. */
  readonly viewers: number;
  /** How long is measured once all have joined. */
  readonly seconds: number;
  /** How long all may take to receive their first key frame (audio alone: packet). Default 15. */
  readonly joinSeconds?: number;
  /** Gets a line of progress. Default: none. */
  readonly log?: (line: string) => void;
}

/** What a run of viewers saw. Per-viewer values are of the measured time only. */
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
  readonly joinTime?: Spread;
  /** Seconds from connecting to the first packet. */
  readonly firstPacketTime?: Spread;
  /** Seconds from connecting to the first key frame. */
  readonly firstKeyFrameTime?: Spread;
  /** Packets of audio and video, per viewer. */
  readonly packets?: Spread;
  /** Bits per second of RTP, per viewer. */
  readonly bitrate?: Spread;
  /** Key frames, per viewer. */
  readonly keyFrames?: Spread;
  /** Packets that never came, per viewer. Load viewers ask for no retransmission. */
  readonly lost?: Spread;
  /** The part of all packets that was lost, 0 to 1. */
  readonly lossRate: number;
}

/** How often the joining viewers are looked at. Milliseconds. */
const POLL_INTERVAL = 50;

/**
 * Lets viewers join all at once, measures what they receive and closes them.
 *
 * @throws when the server does not answer at all; viewers that fail are counted in the report
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { server, room, seconds, joinSeconds = 15, log } = options;
  const capabilities = await fetchCapabilities(server);
  const viewers = Array.from(
    { length: options.viewers },
    () => new LoadViewer({ server, room, capabilities }),
  );
  const gone = new Map<LoadViewer, string>();
  for (const viewer of viewers) viewer.once('closed', (reason) => gone.set(viewer, reason));
  try {
    log?.(`${viewers.length} viewers join ${room}`);
    await Promise.allSettled(viewers.map((viewer) => viewer.join()));
    await whenPlaying(
      viewers.filter((viewer) => !gone.has(viewer)),
      joinSeconds,
    );
    const before = viewers.map((viewer) => viewer.counts);
    const start = performance.now();
    log?.(`measuring for ${seconds} s`);
    await sleep(seconds * 1000);
    const measured = (performance.now() - start) / 1000;
    const received = viewers.map((viewer, index) => {
      const { audio, video } = addMediaCounts(viewer.counts, before[index] ?? viewer.counts, -1);
      return {
        packets: audio.packets + video.packets,
        bytes: audio.bytes + video.bytes,
        lost: audio.lost + video.lost,
        keyFrames: video.keyFrames,
      };
    });
    const receiving = received.filter(({ packets }) => packets > 0);
    const times = viewers.map((viewer) => viewer.times);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const packets = sum(receiving.map((one) => one.packets));
    const lost = sum(receiving.map((one) => one.lost));
    return {
      viewers: viewers.length,
      joined: times.filter(({ joined }) => joined !== undefined).length,
      receiving: receiving.length,
      gone: gone.size,
      reasons: [...new Set(gone.values())],
      seconds: measured,
      lossRate: packets + lost > 0 ? Math.max(0, lost) / (packets + lost) : 0,
      ...spreads({
        joinTime: times.map(({ joined }) => joined),
        firstPacketTime: times.map(({ firstPacket }) => firstPacket),
        firstKeyFrameTime: times.map(({ firstKeyFrame }) => firstKeyFrame),
        packets: receiving.map((one) => one.packets),
        bitrate: receiving.map(({ bytes }) => (8 * bytes) / measured),
        keyFrames: receiving.map((one) => one.keyFrames),
        lost: receiving.map((one) => one.lost),
      }),
    };
  } finally {
    for (const viewer of viewers) viewer.close();
  }
}

async function whenPlaying(viewers: readonly LoadViewer[], limitSeconds: number): Promise<void> {
  const end = performance.now() + limitSeconds * 1000;
  const isPlaying = ({ times, counts }: LoadViewer) =>
    times.firstKeyFrame !== undefined || (counts.video.packets === 0 && counts.audio.packets > 50);
  while (!viewers.every(isPlaying) && performance.now() < end) await sleep(POLL_INTERVAL);
}

function spreads<K extends string>(values: Record<K, readonly (number | undefined)[]>) {
  const result: Partial<Record<K, Spread>> = {};
  for (const key of Object.keys(values) as K[]) {
    const spread = spreadOf(values[key].filter((value) => value !== undefined));
    if (spread) result[key] = spread;
  }
  return result;
}
