import { expect, onTestFinished } from 'vitest';

/** A server-sent event. */
export interface ReadEvent {
  readonly event: string;
  readonly data: unknown;
}

function parse(block: string): ReadEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [, name = '', value = ''] = /^([a-z]*):? ?(.*)$/.exec(line) ?? [];
      return [name, value] as const;
    }),
  );
  const event = fields.get('event');
  return event === undefined ? undefined : { event, data: JSON.parse(fields.get('data') ?? 'null') };
}

/** Reads server-sent events until they end, or the test does. */
export class EventReader {
  /** In the order in which they came. */
  readonly all: ReadEvent[] = [];
  readonly headers: Headers;
  #ended = false;

  /** @throws unless the answer is a stream of events */
  static async open(url: string | URL, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const over = new AbortController();
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: over.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    if (!response.body) throw new Error('the answer has no body');
    const reader = new EventReader(response.headers);
    const read = reader.#read(response.body).catch((error: unknown) => {
      if (!over.signal.aborted) throw error;
    });
    onTestFinished(async () => {
      over.abort();
      await read;
    });
    return reader;
  }

  private constructor(headers: Headers) {
    this.headers = headers;
  }

  /** Whether the server has ended them. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The data of all events of a name. */
  dataOf(name: string): unknown[] {
    return this.all.filter(({ event }) => event === name).map(({ data }) => data);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const data of body) {
      const blocks = (rest + decoder.decode(data, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event) this.all.push(event);
      }
    }
    this.#ended = true;
  }
}
