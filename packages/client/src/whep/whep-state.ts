import type { Closing } from '../signaling.ts';
import type { ViewerState } from '../viewer-state.ts';

/** What is known about a viewer by WHEP, from which its state follows. */
export interface WhepFacts {
  /** Set when it is over for good. */
  closing: Closing | undefined;
  paused: boolean;
  /** The server has said that there is nothing to play. */
  offline: boolean;
  /** False while the server says that nobody broadcasts (event `inactive`). */
  active: boolean;
  /** An attempt has failed, or a session was lost. */
  disturbed: boolean;
  /** The path of the media: `new` until it first works. */
  path: 'new' | 'up' | 'down';
}

/**
 * The state that follows from the facts. Who pauses has no session, and so no way to know more: it counts as `live`, and
 * playing shows what is true.
 */
export function whepState({ closing, paused, offline, active, disturbed, path }: WhepFacts): ViewerState {
  if (closing) return 'ended';
  if (paused) return 'live';
  if (offline) return 'offline';
  if (path === 'up') return active ? 'live' : 'offline';
  return path === 'new' && !disturbed ? 'connecting' : 'reconnecting';
}
