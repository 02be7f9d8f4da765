import type { Notes } from './schema.ts';

/** The part of JSON Schema that the configuration uses. */
export interface SchemaNode extends Notes {
  type?: string;
  const?: unknown;
  anyOf?: readonly SchemaNode[];
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[] | undefined;
  items?: SchemaNode;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  default?: unknown;
}

/** Whether a value is an object with keys. */
export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bounds(node: SchemaNode): string {
  const { minimum, maximum } = node;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

/** What a schema asks for, in words: completes "must be …". */
export function describe(node: SchemaNode): string {
  // Alternatives of the same kind are named once.
  if (node.anyOf) return [...new Set(node.anyOf.map(describe))].join(' or ');
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.expected) return node.expected;
  switch (node.type) {
    case 'integer':
      return `${node.multipleOf === 2 ? 'an even integer' : 'an integer'}${bounds(node)}`;
    case 'number':
      return `a number${bounds(node)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return node.items ? `a list (each ${describe(node.items)})` : 'a list';
    case 'object':
      return 'a group of keys';
    default: {
      const { minLength = 0, maxLength } = node;
      return maxLength ? `a text of ${minLength} to ${maxLength} characters` : 'a text';
    }
  }
}

/** What was there instead, as the end of a sentence; nothing of a secret. */
export function got(node: SchemaNode, value: unknown): string {
  if (node.secret) return '';
  if (isGroup(value)) return ', got a group of keys';
  if (Array.isArray(value)) return ', got a list';
  const text = JSON.stringify(value) ?? String(value);
  return `, got ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}
