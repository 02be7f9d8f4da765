import { Problem, RoomName } from '@spillway/protocol';
import { Type } from 'typebox';
import { playEvents } from '../../sessions/event-stream.ts';
import type { App, HttpContext } from '../context.ts';
import { sdpCors } from '../sdp/cors.ts';
import { iceServerLinks } from '../sdp/ice-links.ts';
import { ICE_FRAGMENT, SDP } from '../sdp/media-types.ts';
import { describeMethods } from '../sdp/methods.ts';
import { goneSignal, takeTexts } from '../sdp/scope.ts';
import { sessionRoutes } from '../sdp/session-routes.ts';
import { playEventRoutes, playLayerRoutes } from './whep-extensions.ts';

const Params = Type.Object({ room: RoomName }, { additionalProperties: false });
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
          description: 'Where nothing is live, 409 says in Retry-After when to ask again.',
          consumes: [SDP],
          params: Params,
          body: Type.String({ minLength: 1 }),
          response: {
            201: { content: { [SDP]: { schema: Type.String() } } },
            '4xx': Problem,
            '5xx': Problem,
          },
        },
      },
      async (request, reply) => {
        const { room } = request.params;
        const { session, answer } = await playSessions.open({
          ...{ room, by: 'whep', sdp: request.body, gone: goneSignal(reply) },
        });
        return reply
          .code(201)
          .type(SDP)
          .headers({
            Location: `/whep/${room}/${session.id}`,
            ETag: session.ice.etag,
            'Accept-Patch': ICE_FRAGMENT,
          })
          .header('Link', [...links, ...extensionLinks(`/whep/${room}/${session.id}`)])
          .send(answer);
      },
    );

    scope.get(
      url,
      {
        config,
        schema: {
          tags: [tag],
          summary: 'Nothing; offers are posted here',
          params: Params,
          response: { 204: Type.Null({ description: 'Nothing' }) },
        },
      },
      async (_request, reply) => reply.code(204).send(null),
    );

    describeMethods(scope, url, { methods: ['GET', 'HEAD', 'POST'], headers: { 'Accept-Post': SDP } });
  });

  app.register(async (scope: App) => {
    takeTexts(scope, ICE_FRAGMENT);
    sessionRoutes(scope, { path: '/whep', tag, find: (room, id) => playSessions.get(room, id) });
  });

  app.register(async (scope: App) => {
    // JSON is what is left.
    scope.removeContentTypeParser('text/plain');
    playEventRoutes(scope, playSessions);
    playLayerRoutes(scope, playSessions);
  });
}
