/** What a reloaded page needs to go on with its broadcast. */
export interface ReturnTicket {
  room: string;
  /** The broadcast's resume token; a secret. */
  resume: string;
  /** When the broadcast was last alive. Milliseconds since 1970. */
  seen: number;
}

const STORAGE_KEY = 'spillway.return';
/** How long after its last sign of life a broadcast can be taken back without a question. Milliseconds. */
const AUTOMATIC_MS = 20_000;
/** How long going on in the same room is offered. Milliseconds. */
const OFFER_MS = 3_600_000;

/** What to do with a ticket: go on by itself, ask, or forget it. */
export function returnAdvice(
  ticket: ReturnTicket | undefined,
  navigation: { type: string; now: number },
): 'return' | 'offer' | 'forget' {
  if (!ticket) return 'forget';
  const age = navigation.now - ticket.seen;
  // A duplicated tab has the ticket too and must not take the broadcast away from the first.
  if (navigation.type === 'reload' && age < AUTOMATIC_MS) return 'return';
  return age < OFFER_MS ? 'offer' : 'forget';
}

export function parseTicket(text: string | null): ReturnTicket | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { room, resume, seen }: Record<string, unknown> = { ...stored };
  if (typeof room !== 'string' || typeof resume !== 'string' || typeof seen !== 'number') return undefined;
  return { room, resume, seen };
}

/** The ticket of this tab. */
export const returnTicket = {
  read: (): ReturnTicket | undefined => parseTicket(sessionStorage.getItem(STORAGE_KEY)),
  write: (ticket: ReturnTicket): void => sessionStorage.setItem(STORAGE_KEY, JSON.stringify(ticket)),
  tear: (): void => sessionStorage.removeItem(STORAGE_KEY),
};

/** How this page came up, as `returnAdvice` takes it. */
export function thisNavigation(): { type: string; now: number } {
  const [entry] = performance.getEntriesByType('navigation');
  return { type: entry instanceof PerformanceNavigationTiming ? entry.type : 'navigate', now: Date.now() };
}
