import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/schema';
import type { Validator } from './check.ts';
import './validator-settings.ts';

/**
 * Walks a schema at each check. Pages forbid code made from text (content security policy), the compiler is large, and a
 * browser checks a few messages a minute.
 */
export function createValidator(schema: TSchema): Validator {
  return { check: (value) => Check(schema, value), errors: (value) => Errors(schema, value)[1] };
}
