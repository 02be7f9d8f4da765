import { compileCheck, SpillwayError } from '@spillway/protocol';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/** Checks bodies, queries and parameters as signalling checks its messages, with the same words. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = compileCheck(schema);
  return (value) => {
    const checked = check(value);
    if (checked.ok) return { value: checked.value };
    return { error: new SpillwayError('bad-request', `${httpPart ?? 'request'}: ${checked.error}`) };
  };
};
