import { Problem, RoomName } from '@spillway/protocol';
import { Type } from 'typebox';
import type { Session } from '../../sessions/session.ts';
import type { App } from '../context.ts';
import { sdpCors } from './cors.ts';
import { ICE_FRAGMENT, SDP } from './media-types.ts';
import { describeMethods } from './methods.ts';
import { ignoreBodies, takeTexts } from './scope.ts';

export interface SessionRoutesOptions {
  /** `/whip` or `/whep`. */
  readonly path: string;
  /** For the API's description. */
  readonly tag: string;
  /** @throws {SpillwayError} `not-found` */
  find(room: string, id: string): Session;
  /** Takes the answer to an offer of the server; undefined where the server makes none. */
  takeAnswer?(room: string, id: string, sdp: string): Promise<void>;
}

/** A Content-Type of SDP, whatever its parameters. */
const SDP_TYPE = /^application\/sdp\s*(;|$)/i;

export const SessionParams = Type.Object(
  { room: RoomName, session: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
);

const errors = { '4xx': Problem };

/** What is the same for the session URLs of WHIP and WHEP: PATCH, DELETE, GET and OPTIONS. The scope is theirs alone. */
export function sessionRoutes(scope: App, { path, tag, find, takeAnswer }: SessionRoutesOptions): void {
  const url = `${path}/:room/:session`;
  const config = { cors: sdpCors };
  const tags = [tag];
  const patchTypes = takeAnswer ? [ICE_FRAGMENT, SDP] : [ICE_FRAGMENT];
  takeTexts(scope, ...patchTypes);

  scope.get(
    url,
    {
      config,
      schema: {
        tags,
        summary: 'Whether the session lives; there is nothing to get',
        params: SessionParams,
        response: { 204: Type.Null({ description: 'It does' }), ...errors },
      },
    },
    async (request, reply) => {
      find(request.params.room, request.params.session);
      return reply.code(204).send(null);
    },
  );

  scope.patch(
    url,
    {
      config,
      schema: {
        tags,
        summary: 'Adds ICE candidates (204), or restarts ICE (200 and a new ETag); needs If-Match',
        consumes: patchTypes,
        params: SessionParams,
        body: Type.String({ minLength: 1 }),
        response: {
          200: { content: { [ICE_FRAGMENT]: { schema: Type.String() } } },
          204: Type.Null({ description: 'Taken' }),
          ...errors,
        },
      },
    },
    async (request, reply) => {
      const session = find(request.params.room, request.params.session);
      session.countRequest(performance.now());
      if (takeAnswer && SDP_TYPE.test(request.headers['content-type'] ?? '')) {
        await takeAnswer(request.params.room, session.id, request.body);
        return reply.code(204).send(null);
      }
      const restarted = await session.ice.patch(request.headers['if-match'], request.body);
      if (restarted === undefined) return reply.code(204).send(null);
      return reply.code(200).type(ICE_FRAGMENT).header('ETag', session.ice.etag).send(restarted);
    },
  );

  scope.register(async (ending: App) => {
    ignoreBodies(ending);
    ending.delete(
      url,
      {
        config,
        schema: {
          tags,
          summary: 'Ends the session',
          params: SessionParams,
          response: { 200: { description: 'It has ended' }, ...errors },
        },
      },
      async (request, reply) => {
        find(request.params.room, request.params.session).end('its client ended it');
        return reply.code(200).send();
      },
    );
  });

  describeMethods(scope, url, {
    methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
    headers: { 'Accept-Patch': patchTypes.join(', ') },
  });
}
