import { on } from 'node:events';
import { SpillwayError } from '@spillway/protocol';
import type { App, HttpContext } from '../context.ts';
import { operatorOnly } from '../guard.ts';

/** Readers of events at the same time. */
const MAX_READERS = 100;

/** `/api/v1/events`: what happens to sources, as Server-Sent Events. */
export function eventRoutes(app: App, { sourceFeed, access }: HttpContext): void {
  let readers = 0;
  app.get(
    '/api/v1/events',
    {
      onRequest: operatorOnly(access),
      // Whatever is accepted: there is nothing else to give.
      sse: { kind: 'manual' },
      schema: {
        tags: ['sources'],
        security: [{ operator: [] }],
        summary:
          'Server-Sent Events: `source` with room, index, state, at and reason, for each source now and at each change',
      },
    },
    async (_request, reply) => {
      if (readers >= MAX_READERS)
        throw new SpillwayError('too-many', 'too many read events already; close one');
      readers += 1;
      const gone = new AbortController();
      reply.sse.onClose(() => gone.abort());
      // Otherwise they are sent with the first event, which may be long in coming.
      reply.sse.sendHeaders();
      reply.raw.flushHeaders();
      try {
        await reply.sse.send(events(gone.signal));
      } finally {
        readers -= 1;
      }
    },
  );

  async function* events(gone: AbortSignal) {
    // Listens first, so that nothing falls between now and later.
    const changes = on(sourceFeed, 'source', { signal: gone });
    for (const data of sourceFeed.now()) yield { event: 'source', data };
    try {
      for await (const [data] of changes) yield { event: 'source', data };
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  }
}
