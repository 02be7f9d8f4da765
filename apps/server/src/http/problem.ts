import { STATUS_CODES } from 'node:http';
import { InputError } from '@spillway/ingest';
import { type ErrorCode, errorStatus, type Problem, SpillwayError } from '@spillway/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Media type of errors (RFC 9457). */
const PROBLEM_TYPE = 'application/problem+json';

function problem(code: ErrorCode, status: number, detail: string, instance: string): Problem {
  return {
    // The status says it all but the code (RFC 9457, section 4.2.1).
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    instance,
  };
}

/** Codes of the errors that Fastify or a plugin raises before a handler runs, by their status. */
const frameworkCodes = new Map<number, ErrorCode>([
  [401, 'unauthorized'],
  [404, 'not-found'],
  [413, 'too-large'],
  [415, 'unsupported-media-type'],
  [429, 'too-many'],
]);

/** Makes every error of the API a problem document. What went wrong inside the server is logged and not told. */
export function useProblems(app: FastifyInstance): void {
  const send = (reply: FastifyReply, body: Problem) => reply.code(body.status).type(PROBLEM_TYPE).send(body);

  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (error instanceof SpillwayError) {
      if (error.code === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
      return send(reply, problem(error.code, errorStatus[error.code], error.message, pathname));
    }
    if (error instanceof InputError) {
      return send(reply, problem('bad-request', 400, error.message, pathname));
    }
    const status = error.statusCode ?? 500;
    if (status < 500)
      return send(
        reply,
        problem(frameworkCodes.get(status) ?? 'bad-request', status, error.message, pathname),
      );
    request.log.error({ err: error }, 'a request failed');
    return send(reply, problem('internal', 500, 'the server failed; its log says why', pathname));
  });

  app.setNotFoundHandler((request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    return send(
      reply,
      problem('not-found', 404, `there is nothing at ${request.method} ${pathname}`, pathname),
    );
  });
}
