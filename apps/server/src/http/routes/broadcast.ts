import { Problem, RoomName, SpillwayError } from '@spillway/protocol';
import { Type } from 'typebox';
import type { App, HttpContext } from '../context.ts';
import { operatorOnly } from '../guard.ts';

const RoomParams = Type.Object({ room: RoomName }, { additionalProperties: false });

/** `/api/v1/rooms/:room/broadcast`: what is live in a room. */
export function broadcastRoutes(app: App, { directory, access }: HttpContext): void {
  app.delete(
    '/api/v1/rooms/:room/broadcast',
    {
      onRequest: operatorOnly(access),
      schema: {
        tags: ['rooms'],
        security: [{ operator: [] }],
        summary: "Ends a room's broadcast, whoever broadcasts; a source is stopped, and stays set",
        params: RoomParams,
        response: { 204: Type.Null({ description: 'Nothing' }), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { room: name } = request.params;
      const { broadcast } = directory.get(name).room;
      if (!broadcast) throw new SpillwayError('not-found', `nobody broadcasts in room ${name}`);
      // Otherwise it would broadcast again with its next packet.
      if (broadcast.broadcaster === 'source') await directory.runSource(name, false);
      broadcast.end('the operator ended it');
      return reply.code(204).send(null);
    },
  );
}
