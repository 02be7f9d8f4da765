/** What lets its holder broadcast. */
export interface StudioCredential {
  /** The operator's token, which opens every room, or a room's publish key. */
  kind: 'token' | 'key';
  value: string;
  /** The room that a publish key belongs to, or that the link named. */
  room: string | undefined;
}

const STORAGE_KEY = 'spillway.credential';
const ROOM_NAME = /^[a-z0-9_-]{1,64}$/;

/** Whether a text can be a room's name. */
export function isRoomName(text: string): boolean {
  return ROOM_NAME.test(text);
}

/** Reads `#token=…` or `#key=…`, with `&room=…` perhaps. A fragment never reaches a server or its log. */
export function parseFragment(hash: string): { credential?: StudioCredential; room?: string } {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const named = fields.get('room') ?? '';
  const room = isRoomName(named) ? named : undefined;
  const kind = fields.has('token') ? 'token' : 'key';
  const value = fields.get(kind)?.trim() ?? '';
  return {
    ...(value && value.length <= 256 ? { credential: { kind, value, room } } : {}),
    ...(room ? { room } : {}),
  };
}

/** Reads what `store` wrote; undefined for anything else. */
export function parseStored(text: string | null): StudioCredential | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof stored !== 'object' || stored === null || !('value' in stored) || !('kind' in stored)) {
    return undefined;
  }
  const { kind, value } = stored;
  if ((kind !== 'token' && kind !== 'key') || typeof value !== 'string' || value === '') return undefined;
  const room =
    'room' in stored && typeof stored.room === 'string' && isRoomName(stored.room) ? stored.room : undefined;
  return { kind, value, room };
}

/** Takes the credential out of the address bar at once, else out of this browser's storage. */
export function takeCredential(): { credential: StudioCredential | undefined; room: string | undefined } {
  const given = parseFragment(location.hash);
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  if (given.credential) storeCredential(given.credential);
  const credential = given.credential ?? parseStored(localStorage.getItem(STORAGE_KEY));
  return { credential, room: given.room ?? credential?.room };
}

export function storeCredential(credential: StudioCredential): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(credential));
}

export function forgetCredential(): void {
  localStorage.removeItem(STORAGE_KEY);
}
