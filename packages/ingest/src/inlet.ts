import type { RtpInput } from '@spillway/protocol';

/** Where a source's RTP arrives. The room's worker listens there. */
export interface RtpInlet {
  /**
   * Bytes of RTP taken so far, over all inputs. What comes from another sender than the one it listens to, or with
   * another SSRC or payload type, must not count: with it a source could not see that its sender has gone (mediasoup:
   * `rtpBytesReceived` of the transports' stats, not `bytesReceived`).
   */
  bytesReceived(): Promise<number>;
  /** Idempotent. Frees the ports. */
  close(): void;
}

export interface RtpInletOptions {
  /**
   * Addresses to listen on, ports, SSRCs and payload types. Several video inputs share one port pair: alternatives of
   * which one arrives, told apart by SSRC and payload type.
   */
  readonly inputs: readonly RtpInput[];
  /** `127.0.0.1` or `0.0.0.0`. */
  readonly listenAddress: string;
  /** The first key frame of a video input (or the first packet of an audio-only source) has arrived, and the room has taken the broadcast. */
  readonly onLive: () => void;
  /** Media arrives, but the room is taken by another broadcaster. */
  readonly onRefused: (reason: string) => void;
  /** The inlet is gone though nobody closed it (worker died, room rebuilt): open a new one. */
  readonly onClosed: (reason: string) => void;
}

/** Opens an inlet. Whoever composes the server passes an implementation made by the media side. */
export type OpenInlet = (options: RtpInletOptions) => Promise<RtpInlet>;
