import { RoomName } from '@spillway/protocol';
import { Type } from 'typebox';
import type { App } from '../context.ts';
import { sdpCors } from './cors.ts';
import { SDP } from './media-types.ts';
import { describeMethods } from './methods.ts';

export const EndpointParams = Type.Object({ room: RoomName }, { additionalProperties: false });

/**
 * What is the same for the endpoints of WHIP and WHEP beside POST: GET has no content, OPTIONS says what may be sent.
 *
 * @param tag for the API's description
 */
export function describeEndpoint(scope: App, url: string, tag: string): void {
  scope.get(
    url,
    {
      config: { cors: sdpCors },
      schema: {
        tags: [tag],
        summary: 'Nothing; offers are posted here',
        params: EndpointParams,
        response: { 204: Type.Null({ description: 'Nothing' }) },
      },
    },
    async (_request, reply) => reply.code(204).send(null),
  );
  describeMethods(scope, url, { methods: ['GET', 'HEAD', 'POST'], headers: { 'Accept-Post': SDP } });
}
