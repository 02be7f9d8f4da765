import { SignalingQuery } from '@spillway/protocol';
import type { App, HttpContext } from '../context.ts';

/** `/signaling?room=NAME`, the WebSocket of viewers and broadcasters. */
export function signalingRoute(app: App, { gateway }: HttpContext): void {
  app.get(
    '/signaling',
    { websocket: true, schema: { hide: true, querystring: SignalingQuery } },
    (socket, request) => gateway.accept(socket, request.query.room, request.ip),
  );
}
