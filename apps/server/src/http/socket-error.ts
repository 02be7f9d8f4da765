import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';

/** How long a client may take to answer the closing handshake. Milliseconds. */
const CLOSE_TIMEOUT = 2000;

/** Errors that clients cause: broken or too large frames, lost connections. */
const CLIENT_ERROR = /^(WS_ERR_|ECONNRESET$|EPIPE$|ETIMEDOUT$)/;

/**
 * Ends a WebSocket that has failed. What clients do wrong does not fill the log; `ws` has sent them the code of what it was.
 */
export function handleSocketError(error: Error, socket: WebSocket, request: FastifyRequest): void {
  if ('code' in error && CLIENT_ERROR.test(String(error.code))) {
    request.log.debug({ err: error }, 'a client broke its WebSocket');
    setTimeout(() => socket.terminate(), CLOSE_TIMEOUT).unref();
  } else {
    request.log.error({ err: error }, 'a WebSocket failed');
    socket.terminate();
  }
}
