import type { ViewerState } from '../viewer-state.ts';
import type { PlayerText } from './texts.ts';

/** What the player knows when it decides what to say over the picture. */
export interface MessageFacts {
  /** null: the element names no room. */
  state: ViewerState | null;
  /** A frame has been shown, and is still there. */
  hasPicture: boolean;
  hasVideo: boolean;
  hasAudio: boolean;
  paused: boolean;
  /** How the viewer waits while many are joining: its place, from 1, or the seconds until it comes back. */
  waiting?: { place: number } | { seconds: number } | undefined;
  /** In state `unsupported`: the broadcast's codec. */
  codec: string;
  /** In state `ended`: why. */
  reason: string;
}

/** Words over the picture. */
export interface Message {
  /** Also spoken, so without what changes from second to second. */
  title: PlayerText;
  hint?: PlayerText;
  /** Words of the server, shown as they are. */
  detail?: string;
  values?: Record<string, string>;
  /** `cover` fills the player; `note` leaves the picture visible. */
  form: 'cover' | 'note';
  /** Something is under way. */
  busy: boolean;
}

/** What to say over the picture; undefined when the picture says it all. */
export function playerMessage(facts: MessageFacts): Message | undefined {
  const form = facts.hasPicture ? 'note' : 'cover';
  if (facts.waiting && facts.state !== 'ended') return { ...waitingWords(facts.waiting), form, busy: true };
  switch (facts.state) {
    case null:
      return { title: 'noAddress', hint: 'noAddressHint', form: 'cover', busy: false };
    case 'ended':
      return { title: 'ended', detail: facts.reason, form: 'cover', busy: false };
    case 'offline':
      return { title: 'offline', hint: 'offlineHint', form: 'cover', busy: false };
    case 'interrupted':
      return { title: 'interrupted', form, busy: true };
    case 'reconnecting':
      return { title: 'reconnecting', form, busy: true };
    case 'connecting':
      return { title: 'connecting', form, busy: true };
    case 'unsupported':
      return {
        title: 'unsupported',
        hint: 'unsupportedHint',
        values: { codec: facts.codec },
        form: 'cover',
        busy: false,
      };
    case 'live':
      if (facts.hasPicture || facts.paused) return undefined;
      if (facts.hasAudio && !facts.hasVideo) return { title: 'audioOnly', form: 'cover', busy: false };
      return { title: 'connecting', form: 'cover', busy: true };
  }
}

function waitingWords(waiting: NonNullable<MessageFacts['waiting']>) {
  if ('place' in waiting) {
    return { title: 'queued', hint: 'queuedHint', values: { place: String(waiting.place) } } as const;
  }
  return { title: 'sentAway', hint: 'sentAwayHint', values: { seconds: String(waiting.seconds) } } as const;
}
