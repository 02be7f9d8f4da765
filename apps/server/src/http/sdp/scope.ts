import type { FastifyReply } from 'fastify';
import type { App } from '../context.ts';

/** Lets the routes of a scope take texts of these media types, with any parameters; others are answered 415. */
export function takeTexts(scope: App, ...types: readonly string[]): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([...types], { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

/** Lets the routes of a scope take requests whatever their Content-Type: simple clients set one with every request. */
export function ignoreBodies(scope: App): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}

/** Aborted when the connection to the client is gone; after the answer it means nothing. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
