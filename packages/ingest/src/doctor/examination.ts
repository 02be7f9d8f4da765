import type { InputAudio, InputVideo } from '@spillway/protocol';

/** What was seen of an input, before anybody judges it. */
export interface Examination {
  /** FFmpeg's name of the container or protocol, such as `rtsp`. */
  readonly format: string;
  /** Seconds; files only. */
  readonly duration?: number | undefined;
  /** Seconds of media that were looked at. */
  readonly seconds: number;
  /** The picture that is taken: the first that is no cover. */
  readonly video?: ExaminedVideo | undefined;
  /** The sound that is taken: the first. */
  readonly audio?: ExaminedAudio | undefined;
  /** All pictures and sounds, at most 16, with those that are not taken. */
  readonly streams: readonly (InputVideo | InputAudio)[];
  /** RTP packets that came and those that did not, where the input knows. */
  readonly loss?: PacketLoss | undefined;
}

export interface PacketLoss {
  readonly received: number;
  readonly lost: number;
}

export interface ExaminedVideo extends InputVideo {
  /** Whether the rate changes from frame to frame. */
  readonly variableFrameRate: boolean;
  /** Degrees by which it has to be turned to stand upright: 0, 90, 180 or 270. */
  readonly rotation: number;
  /** Width of a pixel divided by its height. */
  readonly pixelAspect: number;
  readonly timing: Timing;
}

export interface ExaminedAudio extends InputAudio {
  readonly timing: Timing;
}

/** The timestamps of a stream, in seconds on its own clock. */
export interface Timing {
  readonly packets: number;
  /** The first. */
  readonly start?: number | undefined;
  /** From the first to the last. */
  readonly span: number;
  /** Packets without any. */
  readonly missing: number;
  /** Packets that have one not later than the packet before. */
  readonly backwards: number;
  /** Packets that come more than a second after the end of the one before. */
  readonly jumps: number;
  /** How much more time the timestamps tell than the packets last, as a part of it; undefined when it is not known. */
  readonly drift?: number | undefined;
}
