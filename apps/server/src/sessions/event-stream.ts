import { randomBytes } from 'node:crypto';

/** Events of the WHEP extension for server-sent events. */
export const playEvents = ['active', 'inactive', 'layers', 'viewercount', 'reconnect'] as const;
export type PlayEvent = (typeof playEvents)[number];

/** An event as it is sent. */
export interface SentEvent {
  readonly event: PlayEvent;
  readonly data: object;
}

function isPlayEvent(name: string): name is PlayEvent {
  return playEvents.some((event) => event === name);
}

/**
 * One client's stream of events. What its reader has not taken yet waits, and only the latest of each kind: what waits
 * is bounded, and a reader that comes back learns how things are.
 */
export class EventStream {
  readonly id = randomBytes(12).toString('base64url');
  readonly #wanted: ReadonlySet<PlayEvent>;
  readonly #waiting = new Map<string, SentEvent>();
  #reader: AbortController | undefined;
  #whenRead = Promise.withResolvers<void>();
  #wake: (() => void) | undefined;
  #closed = false;

  /** @param names of the events that the client wants; others than those of {@link playEvents} are never sent */
  constructor(names: readonly string[]) {
    this.#wanted = new Set(names.filter(isPlayEvent));
  }

  /** Waits until nobody reads it any more, as after {@link close} its reader has all. */
  whenRead(): Promise<void> {
    return this.#reader ? this.#whenRead.promise : Promise.resolve();
  }

  wants(event: PlayEvent): boolean {
    return this.#wanted.has(event);
  }

  push(event: PlayEvent, data: object = {}): void {
    if (this.#closed || !this.#wanted.has(event)) return;
    // The one takes back the other.
    const kind = event === 'inactive' ? 'active' : event;
    this.#waiting.delete(kind);
    this.#waiting.set(kind, { event, data });
    this.#wake?.();
  }

  /** Ends it, for its reader after what waits. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /**
   * Events as they come. A new reader takes the place of the present one, whose connection may have broken unnoticed.
   *
   * @param gone the reader's connection is gone
   */
  async *events(gone: AbortSignal): AsyncGenerator<SentEvent> {
    this.#reader?.abort();
    if (!this.#reader) this.#whenRead = Promise.withResolvers();
    const reader = new AbortController();
    this.#reader = reader;
    const stop = AbortSignal.any([gone, reader.signal]);
    stop.addEventListener('abort', () => this.#wake?.(), { once: true });
    try {
      while (!stop.aborted) {
        const [first] = this.#waiting;
        if (first) {
          this.#waiting.delete(first[0]);
          yield first[1];
        } else if (this.#closed) return;
        else await this.#changed();
      }
    } finally {
      if (this.#reader === reader) {
        this.#reader = undefined;
        this.#whenRead.resolve();
      }
    }
  }

  async #changed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }
}
