import { Problem } from '@spillway/protocol';
import { Type } from 'typebox';
import { bearerCredential } from '../../auth/access.ts';
import type { App, HttpContext } from '../context.ts';
import { sdpCors } from '../sdp/cors.ts';
import { describeEndpoint, EndpointParams } from '../sdp/endpoint.ts';
import { iceServerLinks } from '../sdp/ice-links.ts';
import { ICE_FRAGMENT, SDP } from '../sdp/media-types.ts';
import { goneSignal, takeTexts } from '../sdp/scope.ts';
import { sessionRoutes } from '../sdp/session-routes.ts';

const Query = Type.Object({
  takeover: Type.Optional(
    Type.Union([Type.Literal('true'), Type.Literal('false')], {
      description: "Whether to end another's broadcast instead of being refused (409). Default false.",
    }),
  ),
});
const tag = 'WHIP';

/** `/whip/:room` and its sessions: publishing by WHIP (RFC 9725). */
export function whipRoutes(app: App, { publishSessions, sdpRate, iceServers, metrics }: HttpContext): void {
  const url = '/whip/:room';
  const config = { cors: sdpCors };
  const links = iceServerLinks(iceServers);

  app.register(async (scope: App) => {
    takeTexts(scope, SDP);

    scope.post(
      url,
      {
        config,
        onRequest: async (request) => sdpRate.take(request.ip, performance.now()),
        onResponse: async (_request, reply) => metrics.countOffer('whip', reply.statusCode),
        schema: {
          tags: [tag],
          security: [{ operator: [] }],
          summary: "Publishes; the credential is the operator's token or the room's publish key",
          description:
            'The answer names the session in Location. An encoder that offers again takes its own broadcast back.',
          consumes: [SDP],
          params: EndpointParams,
          querystring: Query,
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
        const { session, answer } = await publishSessions.open({
          room,
          credential: bearerCredential(request.headers.authorization),
          sdp: request.body,
          takeover: request.query.takeover === 'true',
          gone: goneSignal(reply),
        });
        return reply
          .code(201)
          .type(SDP)
          .headers({
            // OBS, FFmpeg and browsers resolve a path; of GStreamer there are versions that take nothing else.
            Location: `/whip/${room}/${session.id}`,
            ETag: session.ice.etag,
            'Accept-Patch': ICE_FRAGMENT,
          })
          .header('Link', links)
          .send(answer);
      },
    );

    describeEndpoint(scope, url, tag);
  });

  app.register(async (scope: App) => {
    sessionRoutes(scope, { path: '/whip', tag, find: (room, id) => publishSessions.get(room, id) });
  });
}
