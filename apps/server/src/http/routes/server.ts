import { Addresses, IceServers, RtpCapabilities, WorkerInfo } from '@spillway/protocol';
import { publishedCapabilities } from '@spillway/sfu';
import { Type } from 'typebox';
import type { App, HttpContext } from '../context.ts';
import { operatorOnly } from '../guard.ts';

const tags = ['server'];

const capabilities = JSON.stringify(publishedCapabilities);

/** What concerns the server as a whole. */
export function serverRoutes(app: App, { sfu, access, iceServers, baseUrls }: HttpContext): void {
  app.get(
    '/api/v1/capabilities',
    {
      schema: {
        tags,
        summary: 'RTP capabilities of every router; clients may keep them',
        response: { 200: RtpCapabilities },
      },
      // One by the schema is only made at the first request, and holds up everything else meanwhile.
      serializerCompiler: () => () => capabilities,
    },
    async (_request, reply) =>
      reply.header('Cache-Control', 'public, max-age=300').send(publishedCapabilities),
  );

  app.get(
    '/api/v1/ice-servers',
    { schema: { tags, summary: 'STUN and TURN servers for clients', response: { 200: IceServers } } },
    async () => ({ iceServers: [...iceServers] }),
  );

  app.get(
    '/api/v1/addresses',
    {
      onRequest: operatorOnly(access),
      schema: {
        tags,
        security: [{ operator: [] }],
        summary: 'Where this server is reached without a proxy before it',
        response: { 200: Addresses },
      },
    },
    async () => ({ urls: [...baseUrls] }),
  );

  app.get(
    '/api/v1/workers',
    {
      onRequest: operatorOnly(access),
      schema: {
        tags,
        security: [{ operator: [] }],
        summary: 'The media workers',
        response: { 200: Type.Object({ workers: Type.Array(WorkerInfo) }) },
      },
    },
    async () => ({ workers: sfu.describeWorkers() }),
  );
}
