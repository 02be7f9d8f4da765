import { Problem } from '@spillway/protocol';
import { Type } from 'typebox';
import { playEvents } from '../../sessions/event-stream.ts';
import { LayerWish } from '../../sessions/layer-choice.ts';
import type { PlaySessions } from '../../sessions/play-sessions.ts';
import type { App } from '../context.ts';
import { sdpCors } from '../sdp/cors.ts';
import { describeMethods } from '../sdp/methods.ts';
import { goneSignal } from '../sdp/scope.ts';
import { SessionParams } from '../sdp/session-routes.ts';

const StreamParams = Type.Object(
  { ...SessionParams.properties, stream: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
);
const EventNames = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: 32,
  description: 'Events that are wanted; those that the server does not have are never sent. Default: all.',
});
const errors = { '4xx': Problem };
const tags = ['WHEP'];
const config = { cors: sdpCors };

/** Events of a session, as Server-Sent Events (extension `server-sent-events` of WHEP). */
export function playEventRoutes(scope: App, sessions: PlaySessions): void {
  const collection = '/whep/:room/:session/sse';
  const one = `${collection}/:stream`;

  scope.post(
    collection,
    {
      config,
      schema: {
        tags,
        summary: 'Makes a stream of events: active, inactive, layers, viewercount, reconnect',
        params: SessionParams,
        body: Type.Union([EventNames, Type.Null()]),
        response: { 201: { description: 'Made; Location names it' }, ...errors },
      },
    },
    async (request, reply) => {
      const { room, session } = request.params;
      const found = sessions.get(room, session);
      found.countRequest(performance.now());
      const stream = found.openStream(request.body ?? playEvents);
      return reply.code(201).header('Location', `/whep/${room}/${session}/sse/${stream.id}`).send();
    },
  );

  scope.get(
    one,
    {
      config,
      sse: { kind: 'manual' },
      // It would take the reader's place.
      exposeHeadRoute: false,
      schema: { tags, summary: 'The stream, as Server-Sent Events; it has one reader', params: StreamParams },
    },
    async (request, reply) => {
      const { room, session, stream } = request.params;
      const found = sessions.get(room, session).getStream(stream);
      const gone = goneSignal(reply);
      // Otherwise they are sent with the first event, which may be long in coming.
      reply.sse.sendHeaders();
      reply.raw.flushHeaders();
      await reply.sse.send(found.events(gone));
    },
  );

  scope.delete(
    one,
    {
      config,
      schema: {
        tags,
        summary: 'Ends the stream',
        params: StreamParams,
        response: { 200: { description: 'Done' }, ...errors },
      },
    },
    async (request, reply) => {
      const { room, session, stream } = request.params;
      sessions.get(room, session).removeStream(stream);
      return reply.code(200).send();
    },
  );

  describeMethods(scope, collection, { methods: ['POST'], headers: { 'Accept-Post': 'application/json' } });
  describeMethods(scope, one, { methods: ['GET', 'DELETE'], headers: {} });
}

/** The choice of layers (extension `layer` of WHEP). */
export function playLayerRoutes(scope: App, sessions: PlaySessions): void {
  const url = '/whep/:room/:session/layer';
  scope.post(
    url,
    {
      config,
      schema: {
        tags,
        summary: 'Chooses the layer of the video; without a wish the server chooses',
        params: SessionParams,
        body: LayerWish,
        response: { 200: { description: 'Done' }, ...errors },
      },
    },
    async (request, reply) => {
      const { room, session } = request.params;
      const found = sessions.get(room, session);
      found.countRequest(performance.now());
      await found.setLayer(request.body);
      return reply.code(200).send();
    },
  );
  describeMethods(scope, url, { methods: ['POST'], headers: { 'Accept-Post': 'application/json' } });
}
