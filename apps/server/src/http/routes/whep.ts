import { Problem } from '@spillway/protocol';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { clientKey } from '../../rate/client-key.ts';
import { playEvents } from '../../sessions/event-stream.ts';
import type { PlaySession } from '../../sessions/play-session.ts';
import type { App, HttpContext } from '../context.ts';
import { PROBLEM_TYPE } from '../problem.ts';
import { sdpCors } from '../sdp/cors.ts';
import { counterTo } from '../sdp/counter.ts';
import { describeEndpoint, EndpointParams } from '../sdp/endpoint.ts';
import { iceServerLinks } from '../sdp/ice-links.ts';
import { ICE_FRAGMENT, SDP } from '../sdp/media-types.ts';
import { goneSignal, takeTexts } from '../sdp/scope.ts';
import { sessionRoutes } from '../sdp/session-routes.ts';
import { playEventRoutes, playLayerRoutes } from './whep-extensions.ts';

const tag = 'WHEP';

/** Link headers of the extensions that a session has. */
function extensionLinks(session: string): string[] {
  const rel = (name: string) => `rel="urn:ietf:params:whep:ext:core:${name}"`;
  return [
    `<${session}/sse>; ${rel('server-sent-events')}; events="${playEvents.join(',')}"`,
    `<${session}/layer>; ${rel('layer')}`,
  ];
}

/** `/whep/:room` and its sessions: playing by WHEP (draft-ietf-wish-whep). */
export function whepRoutes(app: App, { playSessions, sdpRate, iceServers, metrics }: HttpContext): void {
  const url = '/whep/:room';
  const config = { cors: sdpCors };
  const links = iceServerLinks(iceServers);

  /** Adds the headers that go with an answer or an offer of the server. */
  function describe(reply: FastifyReply, { room, id, ice }: PlaySession, patchType = ICE_FRAGMENT): void {
    const session = `/whep/${room}/${id}`;
    reply
      .type(SDP)
      .headers({ Location: session, ETag: ice.etag, 'Accept-Patch': patchType })
      .header('Link', [...links, ...extensionLinks(session)]);
  }

  app.register(async (scope: App) => {
    takeTexts(scope, SDP);

    scope.post(
      url,
      {
        config,
        onRequest: async (request) => sdpRate.take(request.ip, performance.now()),
        onResponse: async (_request, reply) => metrics.countOffer('whep', reply.statusCode),
        schema: {
          tags: [tag],
          summary: 'Plays; the answer names the session in Location',
          description:
            'Where nothing is live, 409 says in Retry-After when to ask again. An offer that cannot be taken is answered 406 with an offer of the server, which the client answers by PATCH of the session with application/sdp; a client that does not accept application/sdp gets a problem document that says why.',
          consumes: [SDP],
          params: EndpointParams,
          body: Type.String({ minLength: 1 }),
          response: {
            201: { content: { [SDP]: { schema: Type.String() } } },
            406: { content: { [SDP]: { schema: Type.String() }, [PROBLEM_TYPE]: { schema: Problem } } },
            '4xx': Problem,
            '5xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const { room } = request.params;
        const { ip, body: sdp } = request;
        const asked = { room, by: 'whep', client: clientKey(ip), sdp, gone: goneSignal(reply) } as const;
        try {
          const { session, answer } = await playSessions.open(asked);
          describe(reply, session);
          return reply.code(201).send(answer);
        } catch (error) {
          const { accept } = request.headers;
          const { session, offer, validUntil } = await counterTo(error, accept, () =>
            playSessions.counter(asked),
          );
          describe(reply, session, SDP);
          return reply.code(406).type(`${SDP}; valid-until="${validUntil.toUTCString()}"`).send(offer);
        }
      },
    );

    describeEndpoint(scope, url, tag);
  });

  app.register(async (scope: App) => {
    sessionRoutes(scope, {
      ...{ path: '/whep', tag },
      find: (room, id) => playSessions.get(room, id),
      takeAnswer: (room, id, sdp) => playSessions.get(room, id).takeAnswer(sdp),
    });
  });

  app.register(async (scope: App) => {
    // JSON is what is left.
    scope.removeContentTypeParser('text/plain');
    playEventRoutes(scope, playSessions);
    playLayerRoutes(scope, playSessions);
  });
}
