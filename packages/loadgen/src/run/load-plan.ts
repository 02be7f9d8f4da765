import type { BroadcastOptions } from '../broadcast/messages.ts';
import type { CrowdOptions } from '../fleet/messages.ts';

/** A load test: who comes, when, for how long. */
export interface LoadPlan {
  readonly crowd: CrowdOptions;
  readonly viewers: number;
  readonly processes: number;
  /** Seconds over which the viewers come, and for which it goes on after that. */
  readonly rampSeconds: number;
  readonly durationSeconds: number;
  /** Broadcasts that are made for it. */
  readonly broadcasts: BroadcastOptions | undefined;
}
