import type { SourceEvent } from '@spillway/protocol';
import { expect, onTestFinished } from 'vitest';
import type { TestServer } from './server.ts';

/** Reads `GET /api/v1/events` until the end of the test. */
export class SourceEvents {
  /** In the order in which they came. */
  readonly all: SourceEvent[] = [];

  static async open(server: TestServer): Promise<SourceEvents> {
    const over = new AbortController();
    const response = await fetch(`${server.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${server.token}`, accept: 'text/event-stream' },
      signal: over.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    if (!response.body) throw new Error('the answer has no body');
    const events = new SourceEvents();
    const read = events.#read(response.body).catch((error: unknown) => {
      if (!over.signal.aborted) throw error;
    });
    onTestFinished(async () => {
      over.abort();
      await read;
    });
    return events;
  }

  /** Forgets what has come so far. */
  clear(): void {
    this.all.length = 0;
  }

  /** States of one source of a room in their order, each once where it is said again. 0 is the first source. */
  states(room: string, index: number): string[] {
    const own = this.all.filter((event) => event.room === room && event.index === index);
    return own.map(({ state }) => state).filter((state, at, states) => state !== states[at - 1]);
  }

  /** Which sources of a room went live, in the order in which they did. */
  lives(room: string): number[] {
    return this.all
      .filter((event) => event.room === room && event.state === 'live')
      .map(({ index }) => index);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const data of body) {
      const blocks = (rest + decoder.decode(data, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => {
        const [, name = '', value = ''] = /^([a-z]*):? ?(.*)$/.exec(line) ?? [];
        return [name, value] as const;
      }),
    );
    if (fields.get('event') === 'source') this.all.push(JSON.parse(fields.get('data') ?? 'null'));
  }
}
