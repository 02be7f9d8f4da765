import { setTimeout as sleep } from 'node:timers/promises';

/** Time for an answer. Milliseconds. */
const TIME_LIMIT = 15_000;
/** How often a server that says when to come back is asked in all. */
const ATTEMPTS = 6;
/** The longest wait that a server may ask for. Seconds. */
const LONGEST_WAIT = 10;

/** Statuses of a server that may take the same offer a moment later: nothing is live, or too much. */
const PASSING = new Set([409, 429, 503]);

/** A session that a server has made of an offer by WHIP (RFC 9725) or WHEP. */
export interface SdpSession {
  /** SDP. */
  readonly answer: string;
  /** Absolute; absent when the server named none. */
  readonly location: URL | undefined;
}

export interface SdpRequest {
  readonly url: URL;
  /** Bearer token. Default: none. */
  readonly token?: string | undefined;
  /** SDP. */
  readonly offer: string;
  /**
   * Asks no more, when the server has said to come back. A request that is under way is waited for: its session has to be
   * ended.
   */
  readonly signal: AbortSignal;
}

/**
 * Offers a session (POST `application/sdp`). Where the server says to come back later (Retry-After, up to 10 s), it does, a
 * few times.
 *
 * @throws when the server cannot be reached, or answers anything but 201 with an SDP
 */
export async function openSession({ url, token, offer, signal }: SdpRequest): Promise<SdpSession> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...authorization(token), 'content-type': 'application/sdp' },
      body: offer,
      signal: AbortSignal.timeout(TIME_LIMIT),
    }).catch((error: Error) => {
      throw new Error(`${url}: ${error.cause instanceof Error ? error.cause.message : error.message}`);
    });
    const text = await response.text();
    if (response.status === 201 && text.startsWith('v=0')) {
      const location = response.headers.get('location');
      return { answer: text, location: location === null ? undefined : new URL(location, url) };
    }
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    if (attempt === ATTEMPTS || !PASSING.has(response.status) || !(wait <= LONGEST_WAIT)) {
      throw new Error(`POST ${url.pathname} was answered with ${response.status}${detailOf(text)}`);
    }
    await sleep(1000 * wait, undefined, { signal });
  }
}

/** Ends a session (DELETE). A server that is gone, or has ended it already, does not matter. */
export async function endSession(location: URL, token: string | undefined): Promise<void> {
  const response = await fetch(location, {
    method: 'DELETE',
    headers: authorization(token),
    signal: AbortSignal.timeout(TIME_LIMIT),
  }).catch(() => undefined);
  await response?.body?.cancel();
}

function authorization(token: string | undefined): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** What a problem (RFC 9457) says in words, or the first line of what is none. */
function detailOf(text: string): string {
  const detail = /"detail"\s*:\s*"([^"\\]{1,200})/.exec(text)?.[1] ?? text.split('\n')[0]?.slice(0, 200);
  return detail ? `: ${detail}` : '';
}
