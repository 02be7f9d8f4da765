import type { Playback } from '@spillway/protocol';
import type { Closing } from './signaling.ts';

/**
 * What a viewer sees:
 *
 * - `connecting` on the way to the first picture
 * - `offline` nothing is live; it starts by itself when that changes
 * - `live` media flows
 * - `interrupted` the broadcaster has dropped and may return; the last frame stays
 * - `unsupported` live, but this browser cannot decode the video codec; sound may play
 * - `reconnecting` the connection to the server is lost; it returns by itself
 * - `ended` over for good
 */
export type ViewerState =
  | 'connecting'
  | 'offline'
  | 'live'
  | 'interrupted'
  | 'unsupported'
  | 'reconnecting'
  | 'ended';

/** What is known about a viewer, from which its state follows. */
export interface ViewerFacts {
  /** Set when it is over for good. */
  closing: Closing | undefined;
  /** Signalling is connected. */
  connected: boolean;
  /** The server has named its place among those who join. */
  queued: boolean;
  /** An attempt to connect has failed, or a connection was lost. */
  disturbed: boolean;
  /** The latest word of the server on what plays. */
  playback: Pick<Playback, 'state' | 'kinds' | 'unsupportedCodec'> | undefined;
  /** The path of the media: `new` until it first works. */
  path: 'new' | 'up' | 'down';
}

/** The state that follows from the facts. */
export function viewerState(facts: ViewerFacts): ViewerState {
  const { closing, connected, queued, disturbed, playback, path } = facts;
  if (closing) return 'ended';
  if (!connected || !playback) return disturbed || playback ? 'reconnecting' : 'connecting';
  // It has just gone live.
  if (playback.state === 'offline' && queued) return 'connecting';
  if (playback.state !== 'live') return playback.state;
  const receivable = playback.kinds.length > (playback.unsupportedCodec ? 1 : 0);
  if (receivable && path !== 'up') return path === 'new' && !disturbed ? 'connecting' : 'reconnecting';
  return playback.unsupportedCodec ? 'unsupported' : 'live';
}
