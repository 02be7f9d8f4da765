/** The network path that media takes: directly over UDP or TCP, or through a TURN server. */
export type MediaPath = 'udp' | 'tcp' | 'relay';

/** What a viewer receives. Rates are of the time since the measurement before; absent is what is not known. */
export interface ViewerStats {
  /**
   * Seconds from the server's sending to the showing of a frame: time in the jitter buffer and half of the round-trip
   * time. Without capture and encoding.
   */
  latency?: number;
  /** Seconds that media waited in the jitter buffer. */
  jitterBufferDelay?: number;
  /** Seconds to the server and back. */
  roundTripTime?: number;
  /** Bits per second, audio and video. */
  bitrate?: number;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** Frames per second. */
  frameRate?: number;
  /** Frames received but not shown, since playing began. */
  framesDropped?: number;
  /** Part of the packets that were lost, 0 to 1. */
  packetLoss?: number;
  /** For example `H264` or `VP8`. */
  videoCodec?: string;
  /** For example `opus`. */
  audioCodec?: string;
  path?: MediaPath;
}

/** Counters of one received track. */
interface TrackSample {
  id: string;
  bytes: number;
  packets: number;
  lost: number;
  jitterBufferDelay: number;
  jitterBufferEmitted: number;
  frames: number;
  codec: string | undefined;
}

/** Counters at one moment. */
export interface StatsSample {
  /** Seconds; 0 while nothing was received. */
  time: number;
  audio: TrackSample | undefined;
  video: (TrackSample & { width: number; height: number; dropped: number }) | undefined;
  roundTripTime: number | undefined;
  path: MediaPath | undefined;
}

/** One entry of an RTCStatsReport. */
type Entry = Record<string, unknown>;

/**
 * Takes what is of interest out of a transport's stats report.
 *
 * @param trackIds Ids of the tracks that play now; a report may hold others.
 */
export function sampleStats(
  report: { values(): Iterable<unknown> },
  trackIds: { audio: string | undefined; video: string | undefined },
): StatsSample {
  const sample: StatsSample = {
    time: 0,
    audio: undefined,
    video: undefined,
    roundTripTime: undefined,
    path: undefined,
  };
  const entries = [...report.values()].filter(isEntry);
  const find = (id: unknown) => entries.find((entry) => entry.id === id);
  const selected = entries.find((entry) => entry.type === 'transport' && entry.selectedCandidatePairId);
  for (const entry of entries) {
    if (entry.type === 'inbound-rtp') {
      const track = trackSample(entry, text(find(entry.codecId)?.mimeType));
      if (entry.kind === 'audio' && entry.trackIdentifier === trackIds.audio) sample.audio = track;
      if (entry.kind === 'video' && entry.trackIdentifier === trackIds.video) {
        sample.video = {
          ...track,
          width: number(entry.frameWidth),
          height: number(entry.frameHeight),
          dropped: number(entry.framesDropped),
        };
      }
      sample.time = Math.max(sample.time, number(entry.timestamp) / 1000);
    } else if (isSelectedPair(entry, selected)) {
      if (typeof entry.currentRoundTripTime === 'number') sample.roundTripTime = entry.currentRoundTripTime;
      sample.path = mediaPath(find(entry.localCandidateId));
    }
  }
  return sample;
}

/** Turns two samples into rates. After a change of track they count what came since its beginning. */
export function viewerStats(before: StatsSample | undefined, now: StatsSample): ViewerStats {
  // A sample without media has no time.
  const seconds = before?.time && now.time ? now.time - before.time : 0;
  const audio = difference(before?.audio, now.audio);
  const video = difference(before?.video, now.video);
  const main = video ?? audio;
  const packets = (audio?.packets ?? 0) + (video?.packets ?? 0);
  const lost = Math.max(0, (audio?.lost ?? 0) + (video?.lost ?? 0));
  const jitterBufferDelay = main?.jitterBufferEmitted
    ? main.jitterBufferDelay / main.jitterBufferEmitted
    : undefined;
  const stats: ViewerStats = {};
  if (jitterBufferDelay !== undefined) {
    stats.jitterBufferDelay = jitterBufferDelay;
    stats.latency = jitterBufferDelay + (now.roundTripTime ?? 0) / 2;
  }
  if (now.roundTripTime !== undefined) stats.roundTripTime = now.roundTripTime;
  if (seconds > 0) {
    stats.bitrate = (8 * ((audio?.bytes ?? 0) + (video?.bytes ?? 0))) / seconds;
    if (video) stats.frameRate = video.frames / seconds;
  }
  if (packets + lost > 0) stats.packetLoss = lost / (packets + lost);
  if (now.video?.width) {
    stats.width = now.video.width;
    stats.height = now.video.height;
  }
  if (now.video) stats.framesDropped = now.video.dropped;
  if (now.video?.codec) stats.videoCodec = now.video.codec;
  if (now.audio?.codec) stats.audioCodec = now.audio.codec;
  if (now.path) stats.path = now.path;
  return stats;
}

function difference(before: TrackSample | undefined, now: TrackSample | undefined): TrackSample | undefined {
  if (!now || before?.id !== now.id) return now;
  return {
    id: now.id,
    codec: now.codec,
    bytes: now.bytes - before.bytes,
    packets: now.packets - before.packets,
    lost: now.lost - before.lost,
    jitterBufferDelay: now.jitterBufferDelay - before.jitterBufferDelay,
    jitterBufferEmitted: now.jitterBufferEmitted - before.jitterBufferEmitted,
    frames: now.frames - before.frames,
  };
}

function trackSample(entry: Entry, mimeType: string | undefined): TrackSample {
  return {
    id: text(entry.id) ?? '',
    bytes: number(entry.bytesReceived) + number(entry.headerBytesReceived),
    packets: number(entry.packetsReceived),
    lost: number(entry.packetsLost),
    jitterBufferDelay: number(entry.jitterBufferDelay),
    jitterBufferEmitted: number(entry.jitterBufferEmittedCount),
    frames: number(entry.framesDecoded),
    codec: mimeType?.split('/')[1],
  };
}

/** Firefox has no `transport` entry and marks the pair itself. */
function isSelectedPair(entry: Entry, transport: Entry | undefined): boolean {
  if (entry.type !== 'candidate-pair') return false;
  return transport ? entry.id === transport.selectedCandidatePairId : entry.selected === true;
}

function mediaPath(local: Entry | undefined): MediaPath | undefined {
  if (!local) return undefined;
  if (local.candidateType === 'relay') return 'relay';
  return local.protocol === 'tcp' ? 'tcp' : 'udp';
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
