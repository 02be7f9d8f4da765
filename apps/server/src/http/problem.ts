import { STATUS_CODES } from 'node:http';
import { InputError } from '@spillway/ingest';
import { type ErrorCode, errorStatus, type Problem, SpillwayError } from '@spillway/protocol';
import { SdpError, type SdpFault } from '@spillway/sdp';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Media type of errors (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** What a client is told of an error. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** When to try again. Seconds. */
  readonly retryAfter?: number | undefined;
}

/** Codes of the errors that Fastify or a plugin raises before a handler runs, by their status. */
const frameworkCodes = new Map<number, ErrorCode>([
  [401, 'unauthorized'],
  [404, 'not-found'],
  [413, 'too-large'],
  [415, 'unsupported-media-type'],
  [429, 'too-many'],
]);

/** What is unavailable is so for a moment, as a media worker is replaced. Seconds. */
const UNAVAILABLE_RETRY = 2;

const sdpCodes: Readonly<Record<SdpFault, ErrorCode>> = {
  malformed: 'bad-request',
  'not-acceptable': 'not-acceptable',
  unprocessable: 'unprocessable',
};

/** What to tell of an error. What went wrong inside the server is not told: code `internal`. */
export function refusalOf(error: Error & { readonly statusCode?: number | undefined }): Refusal {
  const refuse = (code: ErrorCode): Refusal => ({ status: errorStatus[code], code, detail: error.message });
  if (error instanceof SpillwayError) {
    const { code, retryAfter = code === 'unavailable' ? UNAVAILABLE_RETRY : undefined } = error;
    return { ...refuse(code), retryAfter };
  }
  if (error instanceof InputError) return refuse('bad-request');
  if (error instanceof SdpError) return refuse(sdpCodes[error.fault]);
  const status = error.statusCode ?? 500;
  if (status < 500) {
    return { status, code: frameworkCodes.get(status) ?? 'bad-request', detail: error.message };
  }
  return { status: 500, code: 'internal', detail: 'the server failed; its log says why' };
}

/** Logs what the client is not told, and sets the headers that go with a refusal. */
export function prepareRefusal(error: FastifyError, request: FastifyRequest, reply: FastifyReply): Refusal {
  const refusal = refusalOf(error);
  if (refusal.code === 'internal') request.log.error({ err: error }, 'a request failed');
  if (refusal.code === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
  if (refusal.retryAfter !== undefined) reply.header('Retry-After', `${refusal.retryAfter}`);
  reply.code(refusal.status);
  return refusal;
}

function problem({ code, status, detail }: Refusal, instance: string): Problem {
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

/** Without the query, which may hold what is nobody else's. Not every path can be read as a URL: that of `//` cannot. */
function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '/';
}

/** Makes every error of the API a problem document. What went wrong inside the server is logged and not told. */
export function useProblems(app: FastifyInstance): void {
  const send = (reply: FastifyReply, body: Problem) => reply.code(body.status).type(PROBLEM_TYPE).send(body);

  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    return send(reply, problem(prepareRefusal(error, request, reply), pathOf(request)));
  });

  app.setNotFoundHandler((request, reply) => {
    const pathname = pathOf(request);
    const detail = `there is nothing at ${request.method} ${pathname}`;
    return send(reply, problem({ status: 404, code: 'not-found', detail }, pathname));
  });
}
