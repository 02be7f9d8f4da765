import type { RtpInput, SourceConfig, SourceStatus } from '@spillway/protocol';
import type { OpenInlet } from './inlet.ts';
import type { Logger } from './logger.ts';
import type { SavedSource } from './rtp-inputs.ts';

/** An input that the server itself runs or listens for, for one room. */
export interface Source {
  readonly config: SourceConfig;
  /** Resolves when it is closed and nothing of it is left: its process has ended, its ports are free. */
  readonly gone: Promise<void>;
  /** Idempotent. A source that has failed is tried again. */
  start(): void;
  /** Ends it for good. Idempotent. */
  close(): void;
  status(): SourceStatus;
  /** What has to be passed to `createSource` as `saved` after a restart of the server, JSON-able; undefined when nothing. */
  persisted(): SavedSource | undefined;
}

/** What every kind of source that ends in RTP needs. */
export interface SourceParts {
  readonly room: string;
  /** Where its media is sent to. */
  readonly inputs: readonly RtpInput[];
  readonly listenAddress: string;
  readonly openInlet: OpenInlet;
  readonly logger: Logger;
  readonly onChange: () => void;
  /** Gives the ports back. */
  readonly release: () => void;
}
