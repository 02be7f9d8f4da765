import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** The outcome of a check: the value with its type, or a sentence that says where it is wrong and what was expected. */
export type Checked<T> = { ok: true; value: T } | { ok: false; error: string };

/**
 * Compiles a schema to a check. The check never throws, and it copies nothing.
 *
 * @example
 * const checkName = compileCheck(RoomName);
 * const name = checkName(input);
 * if (!name.ok) throw new Error(name.error);
 */
export function compileCheck<T extends TSchema>(schema: T): (value: unknown) => Checked<Static<T>> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return { ok: true, value };
    const [first] = validator.Errors(value);
    const where = first?.instancePath ? first.instancePath.slice(1).replaceAll('/', '.') : 'value';
    const what = first?.keyword === 'boolean' ? 'is not a known key' : (first?.message ?? 'is not valid');
    return { ok: false, error: `${where} ${what}` };
  };
}
