import { SpillwayError } from '@spillway/protocol';
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import { type Access, bearerCredential } from '../auth/access.ts';

/** Whether a request carries the operator's token. */
export function isOperator(access: Access, request: FastifyRequest): boolean {
  return access.isOperator(bearerCredential(request.headers.authorization));
}

/** Lets only the operator pass. Runs before the body is read. */
export function operatorOnly(access: Access): preHandlerAsyncHookHandler {
  return async (request) => {
    if (isOperator(access, request)) return;
    throw new SpillwayError(
      'unauthorized',
      "this needs the operator's token, as 'Authorization: Bearer TOKEN'; the first start of the server shows it, SPILLWAY_OPERATOR_TOKEN sets it",
    );
  };
}
