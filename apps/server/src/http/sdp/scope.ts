import type { FastifyReply } from 'fastify';
import type { App } from '../context.ts';

/** Lets the routes of a scope take texts of these media types, with any parameters; others are answered 415. */
export function takeTexts(scope: App, ...types: readonly string[]): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([...types], { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

/** Aborted when the connection to the client is gone; after the answer it means nothing. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
