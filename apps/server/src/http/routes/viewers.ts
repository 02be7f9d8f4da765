import { Id, Problem, RoomName, SpillwayError, ViewerInfo } from '@spillway/protocol';
import { Type } from 'typebox';
import type { App, HttpContext } from '../context.ts';
import { operatorOnly } from '../guard.ts';

const RoomParams = Type.Object({ room: RoomName }, { additionalProperties: false });
const ViewerParams = Type.Object({ room: RoomName, id: Id }, { additionalProperties: false });
const errors = { '4xx': Problem };
const tags = ['viewers'];
const security = [{ operator: [] }];

/** `/api/v1/rooms/:room/viewers`: who watches. */
export function viewerRoutes(app: App, { directory, access }: HttpContext): void {
  const onRequest = operatorOnly(access);

  app.get(
    '/api/v1/rooms/:room/viewers',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Viewers of a room',
        params: RoomParams,
        response: { 200: Type.Object({ viewers: Type.Array(ViewerInfo) }), ...errors },
      },
    },
    async (request) => {
      const { viewers } = directory.get(request.params.room).room;
      return { viewers: [...viewers.values()].map((viewer) => viewer.info) };
    },
  );

  app.delete(
    '/api/v1/rooms/:room/viewers/:id',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Sends a viewer away',
        params: ViewerParams,
        response: { 204: Type.Null({ description: 'Nothing' }), ...errors },
      },
    },
    async (request, reply) => {
      const { room, id } = request.params;
      const viewer = directory.get(room).room.viewers.get(id);
      if (!viewer) throw new SpillwayError('not-found', `room ${room} has no viewer ${id}`);
      viewer.close('the operator ended it');
      return reply.code(204).send(null);
    },
  );
}
