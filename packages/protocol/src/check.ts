import type { Static, TSchema } from 'typebox';
import { createValidator } from '#validator';
import { explain, type SchemaProblem } from './explain.ts';

/** The outcome of a check: the value with its type, or a sentence that says where it is wrong and what was expected. */
export type Checked<T> = { ok: true; value: T } | { ok: false; error: string };

/** How a schema is checked here: compiled in Node, walked in browsers. */
export interface Validator {
  check: (value: unknown) => boolean;
  /** What is wrong with a value, in the order of the schema. */
  errors: (value: unknown) => SchemaProblem[];
}

/**
 * Prepares a schema for checks. A check never throws, and it copies nothing.
 *
 * @example
 * const checkName = compileCheck(RoomName);
 * const name = checkName(input);
 * if (!name.ok) throw new Error(name.error);
 */
export function compileCheck<T extends TSchema>(schema: T): (value: unknown) => Checked<Static<T>> {
  const validator = createValidator(schema);
  const isValid = (value: unknown): value is Static<T> => validator.check(value);
  return (value) => {
    if (isValid(value)) return { ok: true, value };
    return { ok: false, error: explain(validator.errors(value), schema) };
  };
}
