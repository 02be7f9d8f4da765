import type { SourceConfig, SourceState, SourceStatus } from '@spillway/protocol';
import type { SavedSource } from './rtp/rtp-inputs.ts';

/** An input that the server itself runs or listens for, for one room. */
export interface Source {
  readonly config: SourceConfig;
  readonly state: SourceState;
  /** Whether it could be live, but another broadcasts in the room; it asks again by itself. */
  readonly refused: boolean;
  /** Resolves when it is closed and nothing of it is left: its process has ended, its ports are free. */
  readonly gone: Promise<void>;
  /** Idempotent. A source that has failed or ended is tried again. */
  start(): void;
  /** Looks at its input ahead of the first start, which is quicker then. Idempotent. */
  prepare(): void;
  /** Back to `idle`, until the next `start()`. Idempotent. */
  stop(): void;
  /** While it is held, the room does not show it, though it runs and becomes `live`. */
  hold(held: boolean): void;
  /** Ends it for good. Idempotent. */
  close(): void;
  status(): SourceStatus;
  /** What has to be passed to `createSource` as `saved` after a restart of the server, JSON-able; undefined when nothing. */
  persisted(): SavedSource | undefined;
}
