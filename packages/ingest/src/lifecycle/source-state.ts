import type { SourceState } from '@spillway/protocol';

/** How a source does. */
export interface SourceCondition {
  readonly state: SourceState;
  /** Since when it is in that state, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** Why, in words; empty when there is nothing to say. */
  readonly reason: string;
  /** How often it was started again. */
  readonly restarts: number;
}

/** What happens to a source. `restart`: whether it counts as one. */
export type SourceEvent =
  /** It is wanted, or a new run of it begins. */
  | { readonly type: 'starting'; readonly reason: string }
  /** The room shows its media. */
  | { readonly type: 'live' }
  /** Media has stopped; what brought it is being started again. */
  | { readonly type: 'stalled'; readonly reason: string; readonly restart: boolean }
  /** A part of it has ended or could not be had; it is tried again. */
  | { readonly type: 'retrying'; readonly reason: string; readonly restart: boolean }
  /** Something to say, and nothing else. */
  | { readonly type: 'note'; readonly reason: string }
  /** Trying again would not help. */
  | { readonly type: 'failed'; readonly reason: string }
  /** Not wanted any more, or at its end. */
  | { readonly type: 'stopped'; readonly reason?: string };

/** A source that nobody has started. */
export function idleCondition(now: number): SourceCondition {
  return { state: 'idle', since: now, reason: '', restarts: 0 };
}

/** What an event makes of a source. The same object when it changes nothing. */
export function nextCondition(before: SourceCondition, event: SourceEvent, now: number): SourceCondition {
  const wakes = event.type === 'starting' || event.type === 'stopped';
  if (before.state === 'idle' && !wakes) return before;
  // What a listener has given up may still come right.
  if (before.state === 'failed' && !wakes && event.type !== 'live') return before;
  switch (event.type) {
    case 'starting':
      return become(before, 'starting', event.reason, now);
    case 'live':
      return become(before, 'live', '', now);
    case 'stalled': {
      // Who has shown nothing yet has not stopped.
      const state = before.state === 'starting' ? 'starting' : 'stalled';
      return counted(become(before, state, event.reason, now), event.restart);
    }
    case 'retrying':
      return counted(become(before, 'retrying', event.reason, now), event.restart);
    case 'note':
      return become(before, before.state, event.reason, now);
    case 'failed':
      return become(before, 'failed', event.reason, now);
    case 'stopped':
      return become(before, 'idle', event.reason ?? '', now);
  }
}

function counted(condition: SourceCondition, restart: boolean): SourceCondition {
  return restart ? { ...condition, restarts: condition.restarts + 1 } : condition;
}

function become(before: SourceCondition, state: SourceState, reason: string, now: number): SourceCondition {
  if (before.state === state) return before.reason === reason ? before : { ...before, reason };
  return { ...before, state, reason, since: now };
}
