import { RoomName } from '@spillway/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { clientKey } from '../../rate/client-key.ts';
import type { App, HttpContext } from '../context.ts';
import { prepareRefusal } from '../problem.ts';
import { sdpCors } from '../sdp/cors.ts';
import { SDP } from '../sdp/media-types.ts';
import { describeMethods } from '../sdp/methods.ts';
import { goneSignal, takeTexts } from '../sdp/scope.ts';

const Query = Type.Object({
  room: Type.Optional({ ...RoomName, description: 'The room to play. Default: the setting offer.room.' }),
});
const Failure = Type.Object({ error: Type.String() });

/** `/offer`: one offer, one answer, and nothing else. The session ends with the connection. */
export function offerRoutes(app: App, { playSessions, sdpRate, offerRoom, metrics }: HttpContext): void {
  const url = '/offer';

  app.register(async (scope: App) => {
    takeTexts(scope, SDP);
    scope.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const { detail } = prepareRefusal(error, request, reply);
      return reply.send({ error: detail });
    });

    scope.post(
      url,
      {
        config: { cors: sdpCors },
        onRequest: async (request) => sdpRate.take(request.ip, performance.now()),
        onResponse: async (_request, reply) => metrics.countOffer('offer', reply.statusCode),
        schema: {
          tags: ['plain offers'],
          summary: 'Plays; the answer is all there is, and the session ends with the connection',
          consumes: [SDP],
          querystring: Query,
          body: Type.String({ minLength: 1 }),
          response: {
            200: { content: { [SDP]: { schema: Type.String() } } },
            '4xx': Failure,
            '5xx': Failure,
          },
        },
      },
      async (request, reply) => {
        const { room = offerRoom } = request.query;
        const { answer } = await playSessions.open({
          ...{ room, by: 'offer', client: clientKey(request.ip) },
          ...{ sdp: request.body, gone: goneSignal(reply) },
        });
        return reply.code(200).type(SDP).send(answer);
      },
    );

    describeMethods(scope, url, { methods: ['POST'], headers: { 'Accept-Post': SDP } });
  });
}
