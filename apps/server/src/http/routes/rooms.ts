import { Problem, RoomCreate, RoomInfo, RoomName, RoomPatch } from '@spillway/protocol';
import { Type } from 'typebox';
import type { App, HttpContext } from '../context.ts';
import { isOperator, operatorOnly } from '../guard.ts';

const RoomParams = Type.Object({ room: RoomName }, { additionalProperties: false });
const Rooms = Type.Object({ rooms: Type.Array(RoomInfo) });
const Nothing = Type.Null({ description: 'Nothing' });
const errors = { '4xx': Problem };
const tags = ['rooms'];
const security = [{ operator: [] }];

/** `/api/v1/rooms`: which rooms there are, and making, changing and removing them. */
export function roomRoutes(app: App, { directory, access }: HttpContext): void {
  const onRequest = operatorOnly(access);

  app.get(
    '/api/v1/rooms',
    { schema: { tags, summary: 'Rooms; strangers see the listed ones', response: { 200: Rooms } } },
    async (request) => {
      const operator = isOperator(access, request);
      const rooms = directory.list().filter((room) => operator || room.record.listed);
      return { rooms: rooms.map((room) => room.info(operator)) };
    },
  );

  app.post(
    '/api/v1/rooms',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Makes a room; without a name, one with a 6-digit code',
        body: RoomCreate,
        response: { 201: RoomInfo, ...errors },
      },
    },
    async (request, reply) => {
      const room = await directory.create(request.body);
      return reply.code(201).header('Location', `/api/v1/rooms/${room.record.name}`).send(room.info(true));
    },
  );

  app.get(
    '/api/v1/rooms/:room',
    { schema: { tags, summary: 'One room', params: RoomParams, response: { 200: RoomInfo, ...errors } } },
    async (request) => directory.get(request.params.room).info(isOperator(access, request)),
  );

  app.patch(
    '/api/v1/rooms/:room',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Changes a room',
        params: RoomParams,
        body: RoomPatch,
        response: { 200: RoomInfo, ...errors },
      },
    },
    async (request) => (await directory.patch(request.params.room, request.body)).info(true),
  );

  app.delete(
    '/api/v1/rooms/:room',
    {
      onRequest,
      schema: {
        tags,
        security,
        summary: 'Removes a room; its broadcast ends, its viewers wait for it',
        params: RoomParams,
        response: { 204: Nothing, ...errors },
      },
    },
    async (request, reply) => {
      await directory.remove(request.params.room);
      return reply.code(204).send(null);
    },
  );
}
