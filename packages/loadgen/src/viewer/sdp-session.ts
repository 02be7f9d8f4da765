import { setTimeout as sleep } from 'node:timers/promises';

/** Time for an answer. Milliseconds. */
const TIME_LIMIT = 15_000;
/** How often a server that says when to come back is asked in all. */
const ATTEMPTS = 6;
/** The longest wait that a server may ask for. Seconds. */
const LONGEST_WAIT = 10;

/** Statuses of a server that may take the same offer a moment later: nothing is live, or too much. */
const PASSING = new Set([409, 429, 503]);

export interface SdpSessionOptions {
  /** The endpoint. */
  readonly url: URL;
  /** Bearer token. Default: none. */
  readonly token?: string | undefined;
}

/** A session by WHIP (RFC 9725) or WHEP, from the offer to its end. */
export class SdpSession {
  readonly #url: URL;
  readonly #token: string | undefined;
  readonly #leaving = new AbortController();
  #opening: Promise<Response> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ url, token }: SdpSessionOptions) {
    this.#url = url;
    this.#token = token;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Offers the session (POST `application/sdp`), once. Where the server says to come back later (Retry-After, up to 10 s), it
   * does, a few times.
   *
   * @returns the SDP answer
   * @throws when the server cannot be reached, or answers anything but 201 with an SDP; when the session is closed meanwhile
   */
  async open(offer: string): Promise<string> {
    for (let attempt = 1; !this.closed; attempt += 1) {
      this.#opening = this.#request(this.#url, 'POST', offer);
      const response = await this.#opening.catch((error: Error) => {
        const { cause } = error;
        throw new Error(`${this.#url}: ${cause instanceof Error ? cause.message : error.message}`);
      });
      const text = await response.text();
      if (response.status === 201 && text.startsWith('v=0')) return text;
      const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
      const mayAgain = PASSING.has(response.status) && wait >= 0 && wait <= LONGEST_WAIT;
      if (attempt === ATTEMPTS || !mayAgain) {
        throw new Error(`POST ${this.#url.pathname} was answered with ${response.status}${detailOf(text)}`);
      }
      await sleep(1000 * wait, undefined, { signal: this.#leaving.signal });
    }
    throw new Error('the session is closed');
  }

  /**
   * Ends the session (DELETE), that of an offer which is not answered yet as well. Idempotent; fulfilled when the server knows. A
   * server that is gone, or has ended it already, does not matter.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#leaving.abort();
    const response = await this.#opening?.catch(() => undefined);
    const location = response?.status === 201 && response.headers.get('location');
    if (!location || !URL.canParse(location, this.#url.href)) return;
    const ended = await this.#request(new URL(location, this.#url), 'DELETE').catch(() => undefined);
    await ended?.body?.cancel();
  }

  #request(url: URL, method: 'POST' | 'DELETE', body?: string): Promise<Response> {
    // A server that names a place elsewhere does not get the credential sent there.
    const isOurs = this.#token !== undefined && url.origin === this.#url.origin;
    return fetch(url, {
      method,
      headers: {
        ...(isOurs ? { authorization: `Bearer ${this.#token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/sdp' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
  }
}

/** What a problem (RFC 9457) says in words, or the first line of what is none. */
function detailOf(text: string): string {
  const detail = /"detail"\s*:\s*"([^"\\]{1,200})/.exec(text)?.[1] ?? text.split('\n')[0]?.slice(0, 200);
  return detail ? `: ${detail}` : '';
}
