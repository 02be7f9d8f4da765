import { SpillwayError } from '@spillway/protocol';
import type { HTTPMethods } from 'fastify';
import type { App } from '../context.ts';
import { sdpCors } from './cors.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export interface Allowed {
  /** Methods that the URL has routes for. */
  readonly methods: readonly HTTPMethods[];
  /** Further headers of the answer to OPTIONS, such as `Accept-Post`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers OPTIONS at a URL, be it a CORS preflight or a client that asks what it may send, and refuses the methods that
 * the URL does not have.
 */
export function describeMethods(scope: App, url: string, { methods, headers }: Allowed): void {
  const allow = [...methods, 'OPTIONS'].join(', ');
  const hidden = { config: { cors: sdpCors }, schema: { hide: true } };

  scope.options(url, hidden, async (_request, reply) =>
    reply
      .code(200)
      .headers({ Allow: allow, ...headers })
      .send(),
  );
  scope.route({
    ...hidden,
    url,
    method: METHODS.filter((method) => !methods.includes(method)),
    // Before the body is read.
    onRequest: async (request, reply) => {
      reply.header('Allow', allow);
      throw new SpillwayError('method-not-allowed', `${request.method} is not for this URL, but ${allow}`);
    },
    handler: async () => {},
  });
}
