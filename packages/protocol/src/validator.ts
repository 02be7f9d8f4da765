import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Validator } from './check.ts';
import './validator-settings.ts';

/** Compiles a schema to code. Servers and tests; browsers get validator.browser.ts. */
export function createValidator(schema: TSchema): Validator {
  const compiled = Compile(schema);
  return { check: (value) => compiled.Check(value), errors: (value) => compiled.Errors(value) };
}
