import { EventSourceParserStream } from 'eventsource-parser/stream';
import { reconnectDelay } from '../backoff.ts';

/** Events of the extension that are of use here. */
const WANTED = ['active', 'inactive', 'layers', 'viewercount', 'reconnect'];
/** Longest event that is read. Characters. */
const MAX_EVENT = 65_536;

export interface EventStreamOptions {
  /** Where streams are made. */
  url: URL;
  /** Events that the server has; empty: it does not say. */
  events: readonly string[];
  /** A request with the session's token. */
  request: (url: URL, init: RequestInit) => Promise<Response>;
  handle: (event: string, data: string) => void;
}

/**
 * The server's events of one WHEP session (server-sent events extension). Read by `fetch`, as `EventSource` sends no token.
 * A stream that breaks is read again; without one the session goes on.
 */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #abort = new AbortController();

  constructor(options: EventStreamOptions) {
    this.#options = options;
    void this.#run();
  }

  /** Idempotent. */
  close(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let stream: URL | undefined;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        stream ??= await this.#create();
        // A server without such a stream, or that has ended the session.
        if (!stream) return;
        if (await this.#read(stream)) failures = 0;
        else stream = undefined;
      } catch {
        // Broken off: read again.
      }
      const delay = reconnectDelay(failures, Math.random());
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  async #create(): Promise<URL | undefined> {
    const { url, events, request } = this.#options;
    const wanted = events.length > 0 ? WANTED.filter((event) => events.includes(event)) : WANTED;
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
      signal: this.#abort.signal,
    });
    const location = response.headers.get('location');
    if (!response.ok || !location) return undefined;
    return new URL(location, response.url);
  }

  /** Reads until the stream ends. False when the server has none there (any more). */
  async #read(url: URL): Promise<boolean> {
    const { request, handle } = this.#options;
    const { signal } = this.#abort;
    const response = await request(url, { headers: { accept: 'text/event-stream' }, signal });
    if (!response.ok || !response.body) return false;
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_EVENT }))
      .getReader();
    for (let next = await events.read(); !next.done; next = await events.read()) {
      handle(next.value.event ?? 'message', next.value.data);
    }
    return true;
  }
}
