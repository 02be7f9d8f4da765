/** A count of bytes that is watched for standing still. */
export interface Flow {
  readonly bytes: number;
  /** When the count last grew, or the watch began, in milliseconds. */
  readonly movedAt: number;
}

export interface FlowLimits {
  /** Milliseconds without a byte after which a flow that has begun has stalled. */
  readonly stallMs: number;
  /** The same for a flow that has not begun. */
  readonly firstBytesMs: number;
}

/** A flow that begins now. */
export function newFlow(now: number): Flow {
  return { bytes: 0, movedAt: now };
}

/** The flow after its count was read. */
export function advanceFlow(flow: Flow, bytes: number, now: number): Flow {
  return bytes > flow.bytes ? { bytes, movedAt: now } : flow;
}

/** Milliseconds that it has stood still, if that is too long. */
export function stalledFor(flow: Flow, now: number, limits: FlowLimits): number | undefined {
  const still = now - flow.movedAt;
  return still > (flow.bytes > 0 ? limits.stallMs : limits.firstBytesMs) ? still : undefined;
}
