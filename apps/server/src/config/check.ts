import { nearest } from './suggest.ts';
import { describe, got, isGroup, type SchemaNode } from './words.ts';

export type Path = readonly (string | number)[];

/** Something wrong with a value (or with the key itself), in words that follow the key's name. */
export interface Problem {
  path: Path;
  at: 'key' | 'value';
  reason: string;
}

/** `rooms[0].name` */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index ? `.${part}` : part))
    .join('');
}

function isOfType(node: SchemaNode, value: unknown): boolean {
  switch (node.type) {
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isGroup(value);
    case 'null':
      return value === null;
    default:
      return typeof value === node.type;
  }
}

function accepts(node: SchemaNode, value: unknown): boolean {
  if (node.anyOf) return node.anyOf.some((branch) => accepts(branch, value));
  if (node.const !== undefined) return node.const === value;
  if (!isOfType(node, value)) return false;
  if (typeof value === 'number') {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, multipleOf } = node;
    if (node.type === 'integer' && !Number.isSafeInteger(value)) return false;
    return value >= minimum && value <= maximum && (multipleOf === undefined || value % multipleOf === 0);
  }
  if (typeof value === 'string') {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = node;
    return (
      value.length >= minLength &&
      value.length <= maxLength &&
      (pattern === undefined || new RegExp(pattern).test(value))
    );
  }
  return true;
}

/** Paths of all keys of a schema by the key's own name; lists are not entered. */
function keysByName(
  node: SchemaNode,
  path: Path = [],
  found = new Map<string, string>(),
): Map<string, string> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    if (!found.has(key)) found.set(key, formatPath([...path, key]));
    keysByName(child, [...path, key], found);
  }
  return found;
}

/** Collects problems, and knows where a misplaced key belongs. */
class Report {
  readonly problems: Problem[] = [];
  readonly #places: Map<string, string>;

  constructor(root: SchemaNode) {
    this.#places = keysByName(root);
  }

  value(path: Path, reason: string): void {
    this.problems.push({ path, at: 'value', reason });
  }

  unknownKey(path: Path, key: string, known: readonly string[]): void {
    const place = this.#places.get(key);
    const meant = nearest(key, known);
    let hint = `known keys here: ${known.join(', ')}`;
    if (place) hint = `did you mean "${place}"?`;
    else if (meant) hint = `did you mean "${meant}"?`;
    this.problems.push({ path: [...path, key], at: 'key', reason: `is not a known key; ${hint}` });
  }
}

/**
 * Checks a value against a schema and fills in the defaults. Reports every problem, not only the first. A key without a
 * value (null) has its default, unless null is one of its values.
 *
 * @returns the value with defaults, which is valid when there are no problems
 */
export function readValue(root: SchemaNode, value: unknown): { value: unknown; problems: Problem[] } {
  const report = new Report(root);
  const result = read(root, value, report, []);
  return { value: result, problems: report.problems };
}

function read(node: SchemaNode, value: unknown, report: Report, path: Path): unknown {
  const wrong = (reason: string) => {
    report.value(path, reason);
    return value;
  };
  if (node.anyOf) return readUnion(node, node.anyOf, value, report, path);
  if (node.type === 'object' && isGroup(value)) return readGroup(node, value, report, path);
  if (node.type === 'array' && Array.isArray(value)) {
    const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = node;
    if (value.length < minItems) return wrong(`must have at least ${minItems} entry`);
    if (value.length > maxItems) return wrong(`must have at most ${maxItems} entries, got ${value.length}`);
    return value.map((item, index) => (items ? read(items, item, report, [...path, index]) : item));
  }
  return accepts(node, value) ? value : wrong(`must be ${describe(node)}${got(node, value)}`);
}

function readGroup(
  node: SchemaNode,
  value: Record<string, unknown>,
  report: Report,
  path: Path,
): Record<string, unknown> {
  const properties = node.properties ?? {};
  const known = Object.keys(properties);
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(properties, key)) report.unknownKey(path, key, known);
  }
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(properties)) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const empty = given === undefined || (given === null && !accepts(child, null));
    const present = empty ? child.default : given;
    if (present !== undefined) result[key] = read(child, present, report, [...path, key]);
    else if (node.required?.includes(key)) {
      report.value(path, `lacks the key "${key}" (${describe(child)})`);
    }
  }
  return result;
}

function readUnion(
  node: SchemaNode,
  branches: readonly SchemaNode[],
  value: unknown,
  report: Report,
  path: Path,
): unknown {
  const types = branches.flatMap((branch) => branch.properties?.type?.const ?? []);
  if (types.length === branches.length && isGroup(value)) {
    const branch = branches.find(({ properties }) => properties?.type?.const === value.type);
    if (branch) return readGroup(branch, value, report, path);
    const choice = types.map((type) => JSON.stringify(type)).join(' or ');
    if ('type' in value) report.value([...path, 'type'], `must be ${choice}`);
    else report.value(path, `lacks the key "type" (${choice})`);
    return value;
  }
  if (branches.some((branch) => branch.const !== undefined && branch.const === value)) return value;
  const branch = branches.find((candidate) => candidate.const === undefined && isOfType(candidate, value));
  if (branch && (branch.type === 'array' || branch.type === 'object' || accepts(branch, value))) {
    return read(branch, value, report, path);
  }
  const words = branches.flatMap((candidate) => (typeof candidate.const === 'string' ? candidate.const : []));
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  const hint = meant && !node.secret ? `; did you mean "${meant}"?` : '';
  report.value(path, `must be ${describe(node)}${got(node, value)}${hint}`);
  return value;
}
