/** Bounds of an RTMP listener. */
export interface RtmpLimits {
  /** Connections that do not publish, at the same time; a further one ends the oldest. Default 128. */
  readonly maxPending: number;
  /** Those of one address; a further one is refused. Default 16. */
  readonly maxPendingPerAddress: number;
  /** Milliseconds from the TCP connection to `publish`. Default 10000. */
  readonly publishMs: number;
  /** Milliseconds without data after which an encoder is disconnected. Default 30000. */
  readonly silentMs: number;
  /** Milliseconds without data after which another encoder may take a key over. Default 2000. */
  readonly takeoverMs: number;
  /** Milliseconds that an encoder gets to read why it is refused. Default 2000. */
  readonly lingerMs: number;
}

export const DEFAULT_RTMP_LIMITS: RtmpLimits = {
  maxPending: 128,
  maxPendingPerAddress: 16,
  publishMs: 10_000,
  silentMs: 30_000,
  takeoverMs: 2000,
  lingerMs: 2000,
};
