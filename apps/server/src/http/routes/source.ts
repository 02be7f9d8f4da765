import { Problem, RoomName, RoomSourceConfig, RoomSourceStatus, SpillwayError } from '@spillway/protocol';
import { Type } from 'typebox';
import type { ManagedRoom } from '../../rooms/managed-room.ts';
import type { App, HttpContext } from '../context.ts';
import { operatorOnly } from '../guard.ts';

const RoomParams = Type.Object({ room: RoomName }, { additionalProperties: false });
const errors = { '4xx': Problem };
const tags = ['sources'];
const security = [{ operator: [] }];

function statusOf(room: ManagedRoom) {
  if (!room.source) {
    const { name } = room.record;
    throw new SpillwayError(
      'not-found',
      `room ${name} has no source; set one with PUT /api/v1/rooms/${name}/source`,
    );
  }
  return room.source.status();
}

/** `/api/v1/rooms/:room/source`: the input that the server runs or listens for. */
export function sourceRoutes(app: App, { directory, access }: HttpContext): void {
  const onRequest = operatorOnly(access);

  app.get(
    '/api/v1/rooms/:room/source',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: "A room's source with its backups, and how they do",
        params: RoomParams,
        response: { 200: RoomSourceStatus, ...errors },
      },
    },
    async (request) => statusOf(directory.get(request.params.room)),
  );

  app.put(
    '/api/v1/rooms/:room/source',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: "Sets a room's source and starts it; types rtp, srt and rtmp answer where and how to push",
        params: RoomParams,
        body: RoomSourceConfig,
        response: { 200: RoomSourceStatus, ...errors },
      },
    },
    async (request) => statusOf(await directory.setSource(request.params.room, request.body)),
  );

  app.delete(
    '/api/v1/rooms/:room/source',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: "Removes a room's source",
        params: RoomParams,
        response: { 204: Type.Null({ description: 'Nothing' }), ...errors },
      },
    },
    async (request, reply) => {
      await directory.removeSource(request.params.room);
      return reply.code(204).send(null);
    },
  );

  for (const [verb, wanted, summary] of [
    ['start', true, "Starts a room's source that was stopped, or tries again one that has failed"],
    ['stop', false, "Stops a room's source; it stays set"],
  ] as const) {
    app.post(
      `/api/v1/rooms/:room/source/${verb}`,
      {
        onRequest,
        schema: {
          tags,
          security,
          summary,
          params: RoomParams,
          response: { 200: RoomSourceStatus, ...errors },
        },
      },
      async (request) => statusOf(await directory.runSource(request.params.room, wanted)),
    );
  }
}
