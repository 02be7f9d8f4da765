/** Longest sentence of a server that is passed on. Characters. */
const MAX_DETAIL = 300;
/** Longest time that a server may make wait. Seconds. */
const MAX_RETRY_AFTER = 60;

/** A server that did not do as it was asked over HTTP. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  /** When to ask again. Seconds; undefined where the server does not say. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * What a refusal means, by the general sense of its status, as the standards of WHIP and WHEP demand:
 *
 * - `unauthorized` the token is missing or wrong
 * - `offline` there is nothing there now
 * - `busy` the server cannot now; it may be able to soon
 * - `final` asking again would give the same answer
 */
export function refusalMeaning(status: number): 'unauthorized' | 'offline' | 'busy' | 'final' {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 409) return 'offline';
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'busy';
  return 'final';
}

/** Reads what a server says in refusal: problem details (RFC 9457), other JSON with a sentence in it, or plain text. */
export async function readRefusal(response: Response, now = Date.now()): Promise<HttpRefusal> {
  const body = await response.text().catch(() => '');
  const said = sentenceOf(body, response.headers.get('content-type') ?? '') || response.statusText;
  const message = said ? `${response.status}: ${said}` : `${response.status}`;
  return new HttpRefusal(response.status, message, retryAfterOf(response.headers.get('retry-after'), now));
}

/** Reads `Retry-After` (RFC 9110, section 10.2.3): seconds or a date. Gives seconds, 0 to 60. */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER);
}

function sentenceOf(body: string, type: string): string {
  if (/\bjson\b/i.test(type)) {
    try {
      const fields: unknown = JSON.parse(body);
      if (typeof fields !== 'object' || fields === null) return '';
      const { detail, error, message, title }: Record<string, unknown> = { ...fields };
      const sentence = [detail, error, message, title].find((field) => typeof field === 'string');
      return typeof sentence === 'string' ? sentence.slice(0, MAX_DETAIL) : '';
    } catch {
      return '';
    }
  }
  return type.startsWith('text/plain') ? body.trim().slice(0, MAX_DETAIL) : '';
}
