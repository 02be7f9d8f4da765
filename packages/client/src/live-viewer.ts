import type { Layer, VideoCodec } from '@spillway/protocol';
import type { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import type { Closing } from './signaling.ts';
import type { ViewerStats } from './stats.ts';
import type { ViewerState } from './viewer-state.ts';

/** How a viewer waits while many are joining: with a place in the queue, or sent away. */
export type Waiting =
  | {
      /** From 1. */
      readonly place: number;
    }
  | {
      /** When it comes back by itself. Milliseconds since 1970. */
      readonly returnsAt: number;
    };

export type ViewerEvents = {
  statechange: [ViewerState];
  /** It waits because many are joining, or does so no more. */
  waitingchange: [Waiting | undefined];
  /** Tracks of `stream` have come or gone. */
  trackschange: [];
  /** The layers to choose from have changed. */
  layerschange: [Layer[]];
  /** How many watch now, from a server that tells so: by WHEP only. */
  viewercount: [number];
  /** Something failed; it is tried again by itself. */
  failure: [Error];
  /** The last event: over for good, state `ended`. */
  closed: [Closing];
};

/**
 * What plays something live into a stream, whatever it speaks with the server. It waits for the broadcast, follows its
 * changes, and comes back by itself after anything that can be mended.
 */
export interface LiveViewer extends EnhancedEventEmitter<ViewerEvents> {
  /** The media, for a media element's `srcObject`. Its tracks come and go; the object stays. */
  readonly stream: MediaStream;
  readonly state: ViewerState;
  /** How it waits while many are joining; undefined when it does not, and by WHEP. */
  readonly waiting: Waiting | undefined;
  /** Why it is over, in state `ended`. */
  readonly closing: Closing | undefined;
  /** The broadcast's video codec, in state `unsupported`. */
  readonly unsupportedCodec: VideoCodec | undefined;
  /** Layers to choose from, lowest first; empty when there is one. */
  readonly layers: readonly Layer[];
  /** The highest layer wanted, as an index into `layers`; `null`: the server chooses. */
  readonly layer: number | null;
  readonly paused: boolean;
  /** Connects and plays. Further calls do nothing. */
  start(): void;
  /** Stops receiving; the last frame stays. */
  pause(): void;
  /** Receives again, from now. */
  resume(): void;
  /** Chooses the highest layer to receive, an index into `layers`; `null` leaves it to the server. */
  setLayer(layer: number | null): void;
  /** Measures since the call before; undefined while no media is received. */
  getStats(): Promise<ViewerStats | undefined>;
  /** Ends it. Idempotent. */
  close(): void;
}
