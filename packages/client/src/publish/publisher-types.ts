import type { VideoCodec } from '@spillway/protocol';
import type { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import type { Closing } from '../signaling.ts';
import type { CodecWish } from './codec-choice.ts';
import type { QualityName } from './quality.ts';
import type { PublishStats } from './stats.ts';
import type { CodecChange } from './video-sender.ts';

/**
 * - `connecting` not live yet
 * - `live` media reaches the server
 * - `reconnecting` signalling or media is lost; it is mended without help
 * - `ended` for good
 */
export type PublisherState = 'connecting' | 'live' | 'reconnecting' | 'ended';

export interface PublisherOptions {
  /** Base URL of the server. */
  server: string | URL;
  room: string;
  /** The operator's token or the room's publish key. */
  credential?: string | undefined;
  /** Resume token of an earlier publisher: takes its broadcast back within the grace time. */
  resume?: string | undefined;
  /** Ends another broadcaster's broadcast instead of being refused with `room-busy`. Default false. */
  takeover?: boolean;
  /** Default `auto`. */
  codec?: CodecWish;
  /** Default `720p`. */
  quality?: QualityName;
}

/** What the server says about the room. */
export interface AudienceStatus {
  viewers: number;
  /** The present codec when a viewer cannot decode it. */
  undecodable: VideoCodec | undefined;
}

export type PublisherEvents = {
  state: [PublisherState];
  /** Token to keep for a return after a page reload; a secret. */
  resume: [string];
  codec: [CodecChange];
  status: [AudienceStatus];
  /** About once a second while live. */
  stats: [PublishStats];
  /** Something could not be sent; the broadcast goes on with the rest. */
  problem: [Error];
  /** The last event. Code `closed` when this side ended it; else the server's code. */
  ended: [Closing];
};

/** What broadcasts, whatever it speaks with the server. */
export interface LivePublisher extends EnhancedEventEmitter<PublisherEvents> {
  readonly state: PublisherState;
  /** Connects and starts the broadcast. Set a track before. Rejects when it has ended before it was live. */
  start(): Promise<void>;
  /** Sends these tracks instead of the present ones. A kind that is undefined ends. */
  setTracks(tracks: {
    video: MediaStreamTrack | undefined;
    audio: MediaStreamTrack | undefined;
  }): Promise<void>;
  /** Sends another picture size. */
  setQuality(quality: QualityName): Promise<void>;
  /** Sends another codec. */
  setCodec(wish: CodecWish): Promise<void>;
  /** Ends the broadcast at once. Idempotent. */
  end(): Promise<void>;
  /** Lets go of everything without waiting for the server. Idempotent. */
  close(): void;
}
