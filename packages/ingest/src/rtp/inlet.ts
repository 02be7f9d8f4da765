import type { RtpInput } from '@spillway/protocol';

/** RTP that was taken. Bytes. */
export interface ReceivedBytes {
  readonly video: number;
  readonly audio: number;
}

/** Where a source's RTP arrives. The room's worker listens there. */
export interface RtpInlet {
  /**
   * RTP taken so far, over all inputs of a kind. What comes from another sender than the one it listens to, or with
   * another SSRC or payload type, must not count: with it a source could not see that its sender has gone (mediasoup:
   * what the producers have taken, not `bytesReceived` of the transports).
   */
  received(): Promise<ReceivedBytes>;
  /** Keeps the room from being taken until `release()`, unless it is taken already. Idempotent. */
  hold(): void;
  /** Takes the room with what it has held, or will have. Idempotent. */
  release(): void;
  /** Idempotent. Frees the ports. */
  close(): void;
}

/** What a simulcast layer looks like. */
export interface InletLayer {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bits per second, where known. */
  readonly bitrate?: number;
}

export interface RtpInletOptions {
  /**
   * Addresses to listen on, ports, SSRCs and payload types. Several video inputs share one port pair: alternatives of
   * which one arrives, told apart by SSRC and payload type, or layers.
   */
  readonly inputs: readonly RtpInput[];
  /**
   * What the video inputs look like, one for each, lowest first: they are the simulcast layers of one H264 or VP8 video
   * then, which all come from one sender.
   */
  readonly layers?: readonly InletLayer[];
  /** `127.0.0.1` or `0.0.0.0`. */
  readonly listenAddress: string;
  /** Whether the room is not taken until `release()`. Default false. */
  readonly hold?: boolean;
  /** Called once, when `hold` keeps from the room what would be live. */
  readonly onReady?: () => void;
  /** The first key frame of a video input (or the first packet of an audio-only source) has arrived, and the room has taken the broadcast. */
  readonly onLive: () => void;
  /** Media arrives, but the room is taken by another broadcaster. */
  readonly onRefused: (reason: string) => void;
  /** The inlet is gone though nobody closed it (worker died, room rebuilt): open a new one. */
  readonly onClosed: (reason: string) => void;
}

/** Opens an inlet. Whoever composes the server passes an implementation made by the media side. */
export type OpenInlet = (options: RtpInletOptions) => Promise<RtpInlet>;
