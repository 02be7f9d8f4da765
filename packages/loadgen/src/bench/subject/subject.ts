import type { FeedTarget } from './feed.ts';
import type { ProbeReport } from './probe-report.ts';
import type { WorkerFeature } from './worker-feature.ts';

/** What is measured: a server with rooms that take plain RTP. */
export interface Subject {
  /** Base URL for viewers. */
  readonly url: string;
  readonly rooms: readonly string[];
  /** Where each room's video goes, in the order of the rooms. */
  readonly targets: readonly FeedTarget[];
  /** Process id of the control process. */
  readonly nodePid: number;
  /** Process ids of the media workers. */
  readonly workerPids: readonly number[];
  /** Seconds from its start until it answered. */
  readonly startSeconds: number;
  /** What its control process holds. */
  probe(): Promise<ProbeReport>;
  /** Waits until every room has its video. */
  whenLive(): Promise<void>;
  /** Ends it. Idempotent. */
  close(): Promise<void>;
}

export type SubjectKind = 'spillway' | 'bare';

export interface SubjectOptions {
  /** Default 1. */
  readonly workers?: number;
  /** Default 1. */
  readonly rooms?: number;
  /** Features of its workers that are switched off. Default: none. */
  readonly without?: readonly WorkerFeature[];
}
