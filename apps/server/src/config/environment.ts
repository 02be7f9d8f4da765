import type { Path } from './check.ts';
import { nearest } from './suggest.ts';
import type { SchemaNode } from './words.ts';

/** A value from the environment and the key that it sets. */
export interface Override {
  name: string;
  path: Path;
  schema: SchemaNode;
  value: unknown;
}

/** Variables with the prefix that other parts read: the file's own name, the worker's cache, and where it comes from. */
const OTHERS = ['SPILLWAY_CONFIG', 'SPILLWAY_CACHE_DIR', 'SPILLWAY_WORKER_ORIGIN'];

/** The environment variables that a schema names, with the key that each sets. */
export function variables(schema: SchemaNode, path: Path = []): Omit<Override, 'value'>[] {
  const own = schema.env ? [{ name: schema.env, path, schema }] : [];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    variables(child, [...path, key]),
  );
  return [...own, ...inner];
}

function takes(schema: SchemaNode, type: string): boolean {
  return schema.type === type || (schema.anyOf?.some((branch) => takes(branch, type)) ?? false);
}

/** Text of the environment as the value that a schema asks for; left as text where it is none. */
function parse(schema: SchemaNode, text: string): unknown {
  if (takes(schema, 'integer') && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (takes(schema, 'array') && text.includes(',')) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  }
  return text;
}

/** The overrides that an environment holds. A variable that is empty counts as not set. */
export function readEnvironment(
  schema: SchemaNode,
  env: Readonly<Record<string, string | undefined>>,
): { overrides: Override[]; warnings: string[] } {
  const known = variables(schema);
  const overrides = known.flatMap((variable) => {
    const text = env[variable.name]?.trim();
    return text ? [{ ...variable, value: parse(variable.schema, text) }] : [];
  });
  const names = [...known.map(({ name }) => name), ...OTHERS];
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith('SPILLWAY_') && !names.includes(name))
    .map((name) => {
      const bare = names.map((other) => other.slice('SPILLWAY_'.length));
      const meant = nearest(name.slice('SPILLWAY_'.length), bare);
      const hint = meant ? `did you mean SPILLWAY_${meant}?` : `known: ${names.join(', ')}`;
      return `environment variable ${name} is not known and has no effect; ${hint}`;
    });
  return { overrides, warnings };
}
