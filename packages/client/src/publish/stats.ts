/** Figures of a broadcast as its page shows them; undefined where the browser does not tell. */
export interface PublishStats {
  /** Bits per second sent, audio and video with all layers. */
  bitrate: number | undefined;
  /** Bits per second of the video. */
  videoBitrate: number | undefined;
  /** Bits per second of the audio. */
  audioBitrate: number | undefined;
  /** Pixels, of the largest layer now sent. */
  width: number | undefined;
  height: number | undefined;
  /** Frames per second of the largest layer now sent. */
  frameRate: number | undefined;
  /** Frames per second that reach the encoder. */
  sourceFrameRate: number | undefined;
  /** Round-trip time in seconds. */
  roundTripTime: number | undefined;
  /** Share of packets lost on the way to the server, 0 to 1. */
  loss: number | undefined;
  /** `qualityLimitationReason`: `none`, `cpu`, `bandwidth` or `other`. */
  limitation: string;
  /** Name of the encoder that the browser uses, such as `libvpx`. */
  encoder: string | undefined;
}

/** One RTP stream at one moment (webrtc-stats `outbound-rtp` and its `remote-inbound-rtp`). */
interface StreamSample {
  kind: 'audio' | 'video';
  bytesSent: number;
  packetsSent: number;
  packetsLost: number | undefined;
  width: number | undefined;
  height: number | undefined;
  frameRate: number | undefined;
  roundTripTime: number | undefined;
  limitation: string | undefined;
  encoder: string | undefined;
}

/** All streams of a broadcast at one moment. */
export interface StatsSample {
  /** Milliseconds. */
  at: number;
  /** By the stream's id in the report. */
  streams: ReadonlyMap<string, StreamSample>;
  sourceFrameRate: number | undefined;
  /** Seconds, of the ICE candidate pair in use. */
  roundTripTime: number | undefined;
}

/** Anything with the entries of an `RTCStatsReport`. */
export interface StatsReport {
  forEach(visit: (entry: unknown) => void): void;
}

/**
 * Reads the entries that count out of reports.
 *
 * @param reports - One per producer, and the transport's.
 * @param at - Milliseconds of a monotonic clock.
 */
export function readStats(reports: readonly StatsReport[], at: number): StatsSample {
  const entries = new Map<string, Record<string, unknown>>();
  for (const report of reports) {
    report.forEach((entry) => {
      if (isRecord(entry) && typeof entry.id === 'string') entries.set(entry.id, entry);
    });
  }
  const streams = new Map<string, StreamSample>();
  let sourceFrameRate: number | undefined;
  let roundTripTime: number | undefined;
  for (const [id, entry] of entries) {
    if (entry.type === 'media-source' && entry.kind === 'video') {
      sourceFrameRate = number(entry.framesPerSecond) ?? sourceFrameRate;
    } else if (entry.type === 'candidate-pair' && entry.nominated === true && entry.state === 'succeeded') {
      roundTripTime = number(entry.currentRoundTripTime) ?? roundTripTime;
    } else if (entry.type === 'outbound-rtp' && entry.active !== false) {
      const remote = typeof entry.remoteId === 'string' ? entries.get(entry.remoteId) : undefined;
      streams.set(id, {
        kind: entry.kind === 'audio' ? 'audio' : 'video',
        bytesSent: (number(entry.bytesSent) ?? 0) + (number(entry.headerBytesSent) ?? 0),
        packetsSent: number(entry.packetsSent) ?? 0,
        packetsLost: number(remote?.packetsLost),
        width: number(entry.frameWidth),
        height: number(entry.frameHeight),
        frameRate: number(entry.framesPerSecond),
        roundTripTime: number(remote?.roundTripTime),
        limitation: text(entry.qualityLimitationReason),
        encoder: text(entry.encoderImplementation),
      });
    }
  }
  return { at, streams, sourceFrameRate, roundTripTime };
}

/** Figures of the time between two samples. A stream that is new in `now` counts from its beginning. */
export function diffStats(before: StatsSample | undefined, now: StatsSample): PublishStats {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  const bytes = { audio: 0, video: 0 };
  let sent = 0;
  let lost: number | undefined;
  let largest: StreamSample | undefined;
  let roundTripTime = now.roundTripTime;
  let limitation = 'none';
  for (const [id, stream] of now.streams) {
    const past = before?.streams.get(id);
    bytes[stream.kind] += Math.max(0, stream.bytesSent - (past?.bytesSent ?? 0));
    sent += Math.max(0, stream.packetsSent - (past?.packetsSent ?? 0));
    if (stream.packetsLost !== undefined) {
      lost = (lost ?? 0) + Math.max(0, stream.packetsLost - (past?.packetsLost ?? 0));
    }
    roundTripTime ??= stream.roundTripTime;
    if (stream.kind !== 'video') continue;
    if (isSending(stream) && (stream.height ?? 0) >= (largest?.height ?? 0)) largest = stream;
    limitation = worse(limitation, stream.limitation ?? 'none');
  }
  const rate = (count: number) => (seconds > 0 ? (count * 8) / seconds : undefined);
  return {
    bitrate: rate(bytes.audio + bytes.video),
    videoBitrate: rate(bytes.video),
    audioBitrate: rate(bytes.audio),
    width: largest?.width,
    height: largest?.height,
    frameRate: largest?.frameRate,
    sourceFrameRate: now.sourceFrameRate,
    roundTripTime,
    loss: lost === undefined || sent === 0 ? undefined : Math.min(1, lost / sent),
    limitation,
    encoder: largest?.encoder,
  };
}

function isSending(stream: StreamSample): boolean {
  return stream.frameRate !== undefined && stream.frameRate > 0;
}

const limitationRank = ['none', 'other', 'bandwidth', 'cpu'];

function worse(one: string, other: string): string {
  return limitationRank.indexOf(other) > limitationRank.indexOf(one) ? other : one;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
