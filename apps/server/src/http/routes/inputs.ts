import { type Ingest, InputError } from '@spillway/ingest';
import { Devices, Library, Problem, SourceConfig, SourceReport, SpillwayError } from '@spillway/protocol';
import type { App, HttpContext } from '../context.ts';
import { operatorOnly } from '../guard.ts';

const errors = { '4xx': Problem };
const tags = ['sources'];
const security = [{ operator: [] }];

/** What sources can be made of: examined inputs, the video library, devices. */
export function inputRoutes(app: App, { ingest, access }: HttpContext): void {
  const onRequest = operatorOnly(access);

  app.post(
    '/api/v1/sources/probe',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Examines an input without making it a source: what it is, what is unfit and how to mend it',
        body: SourceConfig,
        response: { 200: SourceReport, ...errors },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return probe(ingest, request.body, gone.signal);
    },
  );

  app.get(
    '/api/v1/library',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'The files of the video library',
        response: { 200: Library, ...errors },
      },
    },
    async () => ingest.library.list(),
  );

  app.get(
    '/api/v1/devices',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Cameras, capture cards and microphones of the server',
        response: { 200: Devices, ...errors },
      },
    },
    async () => ({ devices: await ingest.listDevices() }),
  );
}

async function probe(ingest: Ingest, config: SourceConfig, giveUp: AbortSignal): Promise<SourceReport> {
  try {
    return await ingest.probe(config, giveUp);
  } catch (error) {
    if (error instanceof InputError) throw new SpillwayError('unreadable-input', error.message);
    throw error;
  }
}
