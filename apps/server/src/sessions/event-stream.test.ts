import { expect, it } from 'vitest';
import { EventStream, playEvents, type SentEvent } from './event-stream.ts';

/** Reads until the stream or the reader ends. */
async function readAll(stream: EventStream, gone = new AbortController().signal): Promise<SentEvent[]> {
  return Array.fromAsync(stream.events(gone));
}

it('sends what is wanted, in order, and ends after it', async () => {
  const stream = new EventStream(['active', 'viewercount', 'scte35']);
  stream.push('active');
  stream.push('layers', { 0: [] });
  stream.push('viewercount', { viewercount: 3 });
  stream.close();
  stream.push('viewercount', { viewercount: 4 });
  expect(await readAll(stream)).toEqual([
    { event: 'active', data: {} },
    { event: 'viewercount', data: { viewercount: 3 } },
  ]);
});

it('keeps the latest of each kind for a reader that is away', async () => {
  const stream = new EventStream(playEvents);
  stream.push('active');
  for (let count = 0; count < 100; count += 1) stream.push('viewercount', { viewercount: count });
  stream.push('inactive');
  stream.close();
  expect(await readAll(stream)).toEqual([
    { event: 'viewercount', data: { viewercount: 99 } },
    { event: 'inactive', data: {} },
  ]);
});

it('wakes its reader', async () => {
  const stream = new EventStream(playEvents);
  const reader = stream.events(new AbortController().signal);
  const next = reader.next();
  stream.push('reconnect');
  expect((await next).value).toEqual({ event: 'reconnect', data: {} });
  const end = reader.next();
  stream.close();
  expect((await end).done).toBe(true);
  await stream.whenRead();
});

it('has one reader: the latest', async () => {
  const stream = new EventStream(playEvents);
  const first = readAll(stream);
  const second = readAll(stream);
  expect(await first).toEqual([]);
  stream.push('active');
  stream.close();
  expect(await second).toEqual([{ event: 'active', data: {} }]);
});

it('ends with its reader', async () => {
  const stream = new EventStream(playEvents);
  const gone = new AbortController();
  const all = readAll(stream, gone.signal);
  gone.abort();
  expect(await all).toEqual([]);
  await stream.whenRead();
});
