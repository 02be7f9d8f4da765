/** How one of a room's sources does, for the choice among them. */
export interface MemberCondition {
  /** `down`: not live yet or not any more; `over`: it has ended or failed and will not come by itself. */
  readonly state: 'live' | 'down' | 'over';
  /** Since when. For one that has not been started: now. Milliseconds. */
  readonly since: number;
}

export interface FailoverPolicy {
  /** Milliseconds that a source may be down until the next one is started. */
  readonly failoverMs: number;
  /** Milliseconds that a source must be live again until it takes over from a later one. */
  readonly steadyMs: number;
}

export interface FailoverDecision {
  /** For each source whether it shall run. */
  readonly running: readonly boolean[];
  /** The source that the room shows; undefined while none is live. */
  readonly onAir: number | undefined;
  /** When to decide again though nothing has happened by then. Milliseconds. */
  readonly again: number | undefined;
}

/**
 * Chooses among a room's sources, in the order of preference: the first always runs; each later one while all before it
 * have been down for too long. The first that is live is shown; one that comes back must be steady before it takes over.
 *
 * @param onAir what was shown until now
 */
export function decideFailover(
  members: readonly MemberCondition[],
  onAir: number | undefined,
  { failoverMs, steadyMs }: FailoverPolicy,
  now: number,
): FailoverDecision {
  const moments: number[] = [];

  const best = members.findIndex(({ state }) => state === 'live');
  const stillLive = onAir !== undefined && members[onAir]?.state === 'live';
  let shown = stillLive ? onAir : best === -1 ? undefined : best;
  if (shown !== undefined && best < shown) {
    const steadyAt = (members[best]?.since ?? now) + steadyMs;
    if (steadyAt <= now) shown = best;
    else moments.push(steadyAt);
  }

  const running: boolean[] = [];
  let needed = true;
  for (const [index, { state, since }] of members.entries()) {
    running.push(needed || index === shown);
    if (!needed) continue;
    const tooLongAt = since + failoverMs;
    if (state === 'down' && tooLongAt > now) moments.push(tooLongAt);
    needed = state === 'over' || (state === 'down' && tooLongAt <= now);
  }
  return { running, onAir: shown, again: moments.length > 0 ? Math.min(...moments) : undefined };
}
